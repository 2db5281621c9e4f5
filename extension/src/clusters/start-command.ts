/** The command that starts a cluster: a notification tells how it goes and, if too little fits, what would. */
import { Notification } from '@jupyterlab/apputils';
import { CommandIDs, messageTime } from '../commands.js';
import { graphIcon } from '../icons.js';
import type { CommandContext } from './commands.js';
import { KernelFault } from './kernel-fault.js';
import type { StartOptions } from './state.js';

/** Milliseconds from one look for a notification to the next, and how often: some people have them switched off. */
const lookTime = 50;
const mostLooks = 2400;

const argumentsSchema = {
  type: 'object',
  properties: {
    engines: { type: 'number', description: 'How many; without it the form opens' },
    topology: { type: 'string', description: 'By its name on the command line' },
    backend: { type: 'string', description: 'auto, or the name of a backend that is set up' },
    devices: { type: 'string', description: 'cpu' },
    ignoreMemory: { type: 'boolean', description: 'Also if it does not fit into the free memory' }
  }
} as const;

/** Adds the command; without a number of engines it opens the form. */
export function addStartCommand(context: CommandContext, openForm: () => void): void {
  const { app, trans } = context;
  app.commands.addCommand(CommandIDs.startCluster, {
    label: trans.__('Start a cluster'),
    caption: trans.__('Start engines that run the cells of notebooks'),
    icon: args => (args['isPalette'] ? undefined : graphIcon),
    describedBy: { args: argumentsSchema },
    execute: async args => {
      const { engines } = args;
      if (typeof engines === 'number') await start(context, optionsOf(engines, args));
      else openForm();
    }
  });
}

function optionsOf(engines: number, args: Record<string, unknown>): StartOptions {
  const { topology, backend, devices, ignoreMemory } = args;
  return {
    engines,
    ...(typeof topology === 'string' ? { topology } : {}),
    ...(typeof backend === 'string' ? { backend } : {}),
    ...(typeof devices === 'string' ? { devices } : {}),
    ...(ignoreMemory === true ? { ignoreMemory } : {})
  };
}

async function start(context: CommandContext, options: StartOptions): Promise<void> {
  const { model, trans } = context;
  const { engines } = options;
  let failed: Failed = { message: '', actions: [] };
  const started = model.start(options).catch(async (error: unknown) => {
    failed = await failedStart(context, options, error);
    throw error;
  });
  const isReady = (name: unknown): string => trans.__('Cluster %1 is ready.', String(name));
  const id = Notification.promise(started, {
    pending: {
      message: trans._n('Starting %1 engine', 'Starting %1 engines', engines),
      // Otherwise it would stand below the bell only.
      options: { autoClose: false }
    },
    success: { message: isReady, options: { autoClose: messageTime } },
    error: { message: () => failed.message, options: { autoClose: false } }
  });
  const outcome: Outcome = await started.then(
    name => ({ type: 'success', message: isReady(name), autoClose: messageTime }),
    () => ({ type: 'error', ...failed, autoClose: false })
  );
  // After the notification's own answer to the same error, which offers nothing that could be done.
  Notification.update({ id, ...outcome });
  await isDrawn(id);
  Notification.update({ id, ...outcome });
}

type Outcome = Omit<Parameters<typeof Notification.update>[0], 'id'>;

/** Lab loses a change of a notification that it is about to draw, as of a start that is refused at once. */
async function isDrawn(id: string): Promise<void> {
  for (let look = 0; look < mostLooks && !document.getElementById(id); look++)
    await new Promise(resolve => setTimeout(resolve, lookTime));
}

interface Failed {
  message: string;
  actions: Notification.IAction[];
}

/** Why a start failed, and what can be done: fewer engines, or all of them in spite of the memory. */
async function failedStart(
  { app, trans }: CommandContext,
  options: StartOptions,
  error: unknown
): Promise<Failed> {
  const [{ faultSentence, fittingEngines }, { moreOf }] = await Promise.all([
    import('./faults.js'),
    import('./say-fault.js')
  ]);
  const again = (label: string, changed: Partial<StartOptions>): Notification.IAction => ({
    label,
    callback: () => void app.commands.execute(CommandIDs.startCluster, { ...options, ...changed })
  });
  const fitting = fittingEngines(error);
  const isMemory = error instanceof KernelFault && error.code === 'MEMORY_SHORT';
  const actions = [
    ...(fitting === null ? [] : [again(trans.__('Start %1', fitting), { engines: fitting })]),
    ...(isMemory ? [again(trans.__('Start all the same'), { ignoreMemory: true })] : []),
    ...moreOf(error, trans)
  ];
  return { message: faultSentence(error, trans), actions };
}
