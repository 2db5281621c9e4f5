/** The command that starts a cluster: a notification tells how it goes and, if too little fits, what would. */
import { Notification } from '@jupyterlab/apputils';
import { CommandIDs, messageTime } from '../commands.js';
import { graphIcon } from '../icons.js';
import type { CommandContext } from './commands.js';
import { KernelFault, faultSentence, fittingEngines } from './faults.js';
import type { StartOptions } from './state.js';

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
  const started = model.start(options);
  const id = Notification.promise(started, {
    pending: { message: trans._n('Starting %1 engine', 'Starting %1 engines', engines) },
    success: {
      message: name => trans.__('Cluster %1 is ready.', String(name)),
      options: { autoClose: messageTime }
    },
    error: { message: reason => faultSentence(reason, trans), options: { autoClose: false } }
  });
  try {
    await started;
  } catch (error) {
    const message = faultSentence(error, trans);
    // After the notification's own answer to the same error.
    Notification.update({
      ...{ id, message, type: 'error', autoClose: false },
      actions: waysOut(context, options, error)
    });
  }
}

/** What can be done about a start that failed: fewer engines, or all of them in spite of the memory. */
function waysOut(
  { app, trans }: CommandContext,
  options: StartOptions,
  error: unknown
): Notification.IAction[] {
  const again = (label: string, changed: Partial<StartOptions>): Notification.IAction => ({
    label,
    callback: () => void app.commands.execute(CommandIDs.startCluster, { ...options, ...changed })
  });
  const fitting = fittingEngines(error);
  const isMemory = error instanceof KernelFault && error.code === 'MEMORY_SHORT';
  return [
    ...(fitting === null ? [] : [again(trans.__('Start %1', fitting), { engines: fitting })]),
    ...(isMemory ? [again(trans.__('Start all the same'), { ignoreMemory: true })] : [])
  ];
}
