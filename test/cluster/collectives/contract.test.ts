import { communicatorContract } from '../../mathematics/contract/communicator.js';
import { runOnRanks } from './ranks.js';

communicatorContract('sockets', runOnRanks);
