export { startSim, type Sim, type SimOptions } from './server.ts'
export { keysPath, simMerchantConfig, type SimMerchantConfig } from './keys.ts'
export type { SimControl, SimState } from './control.ts'
export type { ApiFault, NotifyFault } from './faults.ts'
