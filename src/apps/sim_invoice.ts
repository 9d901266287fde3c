// Process: the simulated issuer of electronic invoices of the sample installation. Loopback only; ends with its parent.
import { startSim } from '../world/outside/invoice_sim/index.ts'
import { underParent } from './parent.ts'

const env = process.env
const dir = env.HEYUAN_DATA
const port = Number.parseInt(env.HEYUAN_SIM_INVOICE_PORT ?? '8092', 10)
if (!dir || !(port >= 0 && port < 65_536)) {
  console.error('sim_invoice: HEYUAN_DATA must be set, HEYUAN_SIM_INVOICE_PORT must be a port')
  process.exit(2)
}
const sim = await startSim({ dir, port })
console.log(`sim_invoice: simulated invoices at ${sim.url}`)
underParent({ ready: true, url: sim.url }, () => sim.stop())
