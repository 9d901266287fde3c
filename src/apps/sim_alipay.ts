// Process: the simulated Alipay gateway of the sample installation. Loopback only; ends with its parent.
import { keysPath, startSim } from '../world/outside/alipay_sim/index.ts'
import { underParent } from './parent.ts'

const env = process.env
const dir = env.HEYUAN_DATA
const port = Number.parseInt(env.HEYUAN_SIM_ALIPAY_PORT ?? '8091', 10)
if (!dir || !(port >= 0 && port < 65_536)) {
  console.error('sim_alipay: HEYUAN_DATA must be set, HEYUAN_SIM_ALIPAY_PORT must be a port')
  process.exit(2)
}

const page = env.HEYUAN_SIM_ALIPAY_PAGE_URL
const sim = await startSim({ dir, port, ...(page ? { page_url: page } : {}) })
if (sim.keys_made) console.log(`sim_alipay: keys made, see ${keysPath(dir)}`)
console.log(`sim_alipay: simulated Alipay at ${sim.url}`)
underParent({ ready: true, url: sim.url }, () => sim.stop())
