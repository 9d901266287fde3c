export { simIssuerConfig, startSim, type Sim } from './server.ts'
