/** The names of all commands. */
export const CommandIDs = {
  openCourse: 'decentlab:open-course',
  showClusters: 'decentlab:show-clusters',
  stopCluster: 'decentlab:stop-cluster',
  interruptCluster: 'decentlab:interrupt-cluster',
  restartEngine: 'decentlab:restart-engine'
} as const;

export const translationDomain = 'jupyterlab-decentlab';
export const paletteCategory = 'DecentLab';

/** Milliseconds for which a message stays in sight; afterwards it is found under the bell. */
export const messageTime = 10_000;
