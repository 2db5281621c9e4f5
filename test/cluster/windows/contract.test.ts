import { windowContract } from '../../mathematics/contract/windows.js';
import { runOnRanks } from '../collectives/ranks.js';

windowContract('sockets', runOnRanks);
