/*
 * What MPI takes for the exchanges of `decentlab bench link` and `decentlab bench collectives`.
 *
 * Usage: exchange (OPERATION FLOATS BATCH WARM_UPS BATCHES)...
 * Prints a line for each job: its operation, its number of floats, and for each batch that counts the milliseconds
 * that one call took the slowest rank. Ends with code 1 if a result is wrong.
 */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NEIGHBOURS 32

static int rank, size;

/* Who sends to this rank and who hears it; all weights are 1 / (count + 1). */
typedef struct {
  int count;
  int sources[MOST_NEIGHBOURS], destinations[MOST_NEIGHBOURS];
  MPI_Comm graph;
} Neighbours;

/* x stays, y is the result, and what neighbours send lands in `arriving`, one vector behind the other. */
typedef struct {
  long floats;
  float *x, *y, *arriving;
} Vectors;

static int at(int distance) { return ((rank + distance) % size + size) % size; }

static void add_neighbour(Neighbours *all, int source, int destination) {
  for (int k = 0; k < all->count; k++)
    if (all->sources[k] == source) return;
  all->sources[all->count] = source;
  all->destinations[all->count++] = destination;
}

static Neighbours connect_neighbours(Neighbours all) {
  MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, all.count, all.sources, MPI_UNWEIGHTED, all.count, all.destinations,
                                 MPI_UNWEIGHTED, MPI_INFO_NULL, 0, &all.graph);
  return all;
}

static Neighbours ring(void) {
  Neighbours all = {0};
  if (size > 1) add_neighbour(&all, at(-1), at(1));
  if (size > 1) add_neighbour(&all, at(1), at(-1));
  return connect_neighbours(all);
}

static Neighbours exponential(void) {
  Neighbours all = {0};
  for (int distance = 1; distance < size; distance *= 2) add_neighbour(&all, at(-distance), at(distance));
  return connect_neighbours(all);
}

/* How many distances a peer of the one-peer exponential graph cycles through. */
static int one_peer_period(void) {
  int period = 0;
  while ((1 << period) < size) period++;
  return period > 0 ? period : 1;
}

/* y = w x + w Σ arriving */
static void average(Vectors v, int count) {
  const float weight = 1.0f / (count + 1);
  float *restrict y = v.y;
  for (long i = 0; i < v.floats; i++) y[i] = weight * v.x[i];
  for (int k = 0; k < count; k++) {
    const float *restrict z = v.arriving + k * v.floats;
    for (long i = 0; i < v.floats; i++) y[i] += weight * z[i];
  }
}

static void average_neighbours(Vectors v, const Neighbours *all) {
  MPI_Neighbor_allgather(v.x, v.floats, MPI_FLOAT, v.arriving, v.floats, MPI_FLOAT, all->graph);
  average(v, all->count);
}

static void average_with_one_peer(Vectors v, int step) {
  const int distance = 1 << (step % one_peer_period());
  MPI_Sendrecv(v.x, v.floats, MPI_FLOAT, at(distance), 0, v.arriving, v.floats, MPI_FLOAT, at(-distance), 0,
               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  average(v, 1);
}

static void average_all(Vectors v) {
  MPI_Allreduce(v.x, v.y, v.floats, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
  for (long i = 0; i < v.floats; i++) v.y[i] *= 1.0f / size;
}

/* Rank 0 asks, and rank 1 sends: one way, and a small message that asks for it. */
static void ask_and_receive(Vectors v) {
  float ask = 0;
  if (rank == 0) {
    MPI_Send(&ask, 1, MPI_FLOAT, 1, 0, MPI_COMM_WORLD);
    MPI_Recv(v.y, v.floats, MPI_FLOAT, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else if (rank == 1) {
    MPI_Recv(&ask, 1, MPI_FLOAT, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(v.x, v.floats, MPI_FLOAT, 0, 0, MPI_COMM_WORLD);
  }
}

static void call(const char *operation, Vectors v, int step, const Neighbours *on_ring, const Neighbours *on_graph) {
  if (!strcmp(operation, "point")) ask_and_receive(v);
  else if (!strcmp(operation, "one-peer")) average_with_one_peer(v, step);
  else if (!strcmp(operation, "static")) average_neighbours(v, on_graph);
  else if (!strcmp(operation, "ring")) average_neighbours(v, on_ring);
  else if (!strcmp(operation, "allreduce")) average_all(v);
  else if (!strcmp(operation, "broadcast")) MPI_Bcast(v.y, v.floats, MPI_FLOAT, 0, MPI_COMM_WORLD);
  else MPI_Abort(MPI_COMM_WORLD, 2);
}

/* The average of rank + 1 over this rank and its sources. */
static double expected_average(const int *sources, int count) {
  double sum = rank + 1;
  for (int k = 0; k < count; k++) sum += sources[k] + 1;
  return sum / (count + 1);
}

/* What every entry of y is, where x is rank + 1 on every rank. */
static double expected(const char *operation, int last, const Neighbours *on_ring, const Neighbours *on_graph) {
  const int peer = at(-(1 << (last % one_peer_period())));
  if (!strcmp(operation, "point")) return rank == 0 ? 2 : rank + 1;
  if (!strcmp(operation, "one-peer")) return expected_average(&peer, 1);
  if (!strcmp(operation, "static")) return expected_average(on_graph->sources, on_graph->count);
  if (!strcmp(operation, "ring")) return expected_average(on_ring->sources, on_ring->count);
  if (!strcmp(operation, "allreduce")) return (size + 1) / 2.0;
  return 1;
}

static void assert_right(const char *operation, Vectors v, double value) {
  for (long i = 0; i < v.floats; i += v.floats > 1 ? v.floats - 1 : 1) {
    if (fabs(v.y[i] - value) <= 1e-5 * value) continue;
    fprintf(stderr, "%s: rank %d has %g in place of %g\n", operation, rank, v.y[i], value);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
}

/* Fresh memory of zeros that has been touched. */
static float *vector(long floats) {
  float *data = malloc(floats * sizeof(float) + 1);
  if (!data) MPI_Abort(MPI_COMM_WORLD, 3);
  memset(data, 0, floats * sizeof(float) + 1);
  return data;
}

static void run_job(char **words, const Neighbours *on_ring, const Neighbours *on_graph) {
  const char *operation = words[0];
  const long floats = atol(words[1]);
  const int batch = atoi(words[2]), warm_ups = atoi(words[3]), batches = atoi(words[4]);
  const int most = on_graph->count > on_ring->count ? on_graph->count : on_ring->count;
  Vectors v = {floats, vector(floats), vector(floats), vector(floats * (most > 0 ? most : 1))};
  for (long i = 0; i < floats; i++) v.x[i] = v.y[i] = rank + 1;
  if (rank == 0) printf("%s %ld", operation, floats);
  for (int k = -warm_ups; k < batches; k++) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double started = MPI_Wtime();
    for (int step = 0; step < batch; step++) call(operation, v, step, on_ring, on_graph);
    double took = MPI_Wtime() - started, slowest;
    MPI_Reduce(&took, &slowest, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    if (rank == 0 && k >= 0) printf(" %.6f", 1000 * slowest / batch);
  }
  if (rank == 0) printf("\n");
  assert_right(operation, v, expected(operation, batch - 1, on_ring, on_graph));
  free(v.x), free(v.y), free(v.arriving);
}

int main(int count, char **words) {
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const Neighbours on_ring = ring(), on_graph = exponential();
  for (int k = 1; k + 4 < count; k += 5) run_job(words + k, &on_ring, &on_graph);
  MPI_Finalize();
  return 0;
}
