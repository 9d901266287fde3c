export { startSim, type Sim, type SimControl, type SimOptions } from './server.ts'
export { keysPath, simAppConfig, type SimAppConfig } from './keys.ts'
