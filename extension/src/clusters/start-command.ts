/** The command that starts a cluster: a notification tells how it goes and, if too little fits, what would. */
import { Notification } from '@jupyterlab/apputils';
import { CommandIDs, messageTime } from '../commands.js';
import { graphIcon } from '../icons.js';
import type { CommandContext } from './commands.js';
import { KernelFault } from './kernel-fault.js';
import type { StartOptions } from './state.js';

/** Milliseconds from one look for a notification to the next, and how often: some people have them switched off. */
const lookTime = 250;
const mostLooks = 480;

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
  const refused: Refused = { message: '', actions: [] };
  const started = model.start(options).catch(async (error: unknown) => {
    Object.assign(refused, await failedStart(context, options, error));
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
    // The way out is known only then, and read only then.
    error: {
      message: () => refused.message,
      options: {
        autoClose: false,
        get actions() {
          return refused.actions;
        }
      }
    }
  });
  const outcome: Outcome = await started.then(
    name => ({ type: 'success', message: isReady(name), autoClose: messageTime }),
    () => ({ type: 'error', ...refused, autoClose: false })
  );
  await untilTold(id, outcome);
}

type Outcome = Omit<Parameters<typeof Notification.update>[0], 'id'>;

/**
 * Repeats a change of a notification until it is in sight, or somebody has put the notification away. Lab loses the
 * change of one that it is about to draw, as of a start that is refused at once, and on a busy page of one just drawn too:
 * an effect, which may come late, tells it that there is something to change.
 */
async function untilTold(id: string, outcome: Outcome): Promise<void> {
  for (let look = 0; look < mostLooks; look++) {
    await new Promise(resolve => setTimeout(resolve, lookTime));
    const drawn = document.getElementById(id);
    if (drawn?.classList.contains(`Toastify__toast--${outcome.type}`)) return;
    if (drawn && !Notification.update({ id, ...outcome })) return;
  }
}

interface Refused {
  message: string;
  actions: Notification.IAction[];
}

/** Why a start failed, and what can be done: fewer engines, or all of them in spite of the memory. */
async function failedStart(
  { app, trans }: CommandContext,
  options: StartOptions,
  error: unknown
): Promise<Refused> {
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
