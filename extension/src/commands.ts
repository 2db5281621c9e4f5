/** The names of all commands. */
export const CommandIDs = {
  openCourse: 'decentlab:open-course',
  openLesson: 'decentlab:open-lesson',
  startTour: 'decentlab:start-tour',
  checkExercise: 'decentlab:check-exercise',
  showHint: 'decentlab:show-hint',
  showSolution: 'decentlab:show-solution',
  resetExercise: 'decentlab:reset-exercise',
  resetNotebook: 'decentlab:reset-notebook',
  newNotebook: 'decentlab:new-notebook',
  insertCell: 'decentlab:insert-cell',
  showClusters: 'decentlab:show-clusters',
  startCluster: 'decentlab:start-cluster',
  interruptCluster: 'decentlab:interrupt-cluster',
  restartCluster: 'decentlab:restart-cluster',
  stopCluster: 'decentlab:stop-cluster',
  connectNotebook: 'decentlab:connect-notebook',
  restartEngine: 'decentlab:restart-engine',
  stopEngine: 'decentlab:stop-engine',
  showLog: 'decentlab:show-log',
  showGraph: 'decentlab:show-graph',
  showTimeline: 'decentlab:show-timeline',
  cutLink: 'decentlab:cut-link'
} as const;

export const translationDomain = 'jupyterlab-decentlab';
export const paletteCategory = 'DecentLab';
/** The name of our kernel. */
export const kernelName = 'decentlab';

/** Milliseconds for which a message stays in sight; afterwards it is found under the bell. */
export const messageTime = 10_000;
