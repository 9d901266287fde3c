// Process: simulated WeChat of the sample installation: the gateway of WeChat Pay, and beside it the official account. Loopback only; ends with its parent.
import { existsSync } from 'node:fs'
import { makeMp, mpAccount, pushUrl } from '../world/outside/mp_sim/index.ts'
import { keysPath, startSim } from '../world/outside/wechat_sim/index.ts'
import { underParent } from './parent.ts'

const env = process.env
const dir = env.HEYUAN_DATA
const port = Number.parseInt(env.HEYUAN_SIM_WECHAT_PORT ?? '8090', 10)
if (!dir || !(port >= 0 && port < 65_536)) {
  console.error('sim_wechat: HEYUAN_DATA must be set, HEYUAN_SIM_WECHAT_PORT must be a port')
  process.exit(2)
}

const keys_made = !existsSync(keysPath(dir)) // before the official account below, which shares them, is read
const page = env.HEYUAN_SIM_WECHAT_PAGE_URL
const now = () => new Date()
const mp = makeMp({ account: mpAccount(dir, now()), push_url: () => (env.HEYUAN_PORT ? (pushUrl(dir)?.replace(/:\d+\//, `:${env.HEYUAN_PORT}/`) ?? null) : pushUrl(dir)), now })
const sim = await startSim({ dir, port, beside: mp.serve, ...(page ? { page_url: page } : {}) })
if (keys_made) console.log(`sim_wechat: keys made, see ${keysPath(dir)}`)
console.log(`sim_wechat: simulated WeChat Pay at ${sim.url}`)
underParent({ ready: true, url: sim.url }, () => sim.stop())
