// Process: loads the sample installation, then ends. Started by `npm start` in sample mode; may be stopped and started again.
import { exitWithParent } from '../kernel/pg/orphan.ts'
import { loadWorld } from '../world/load.ts'
import { appFromEnv } from './modules.ts'

exitWithParent()
// Payments of one company draw their receipt numbers one after the other, each holding the next until it is on the disk.
const app = appFromEnv('world', 8, { flush_later: true })
const port = Number.parseInt(process.env['HEYUAN_SIM_WECHAT_PORT'] ?? '', 10)
const alipay_port = Number.parseInt(process.env['HEYUAN_SIM_ALIPAY_PORT'] ?? '', 10)
const invoice_port = Number.parseInt(process.env['HEYUAN_SIM_INVOICE_PORT'] ?? '', 10)
const until = process.env['HEYUAN_WORLD_UNTIL']
const months = Number.parseInt(process.env['HEYUAN_WORLD_MONTHS'] ?? '', 10)
try {
  await loadWorld(app, { log: (line) => console.log(line), ...(port > 0 ? { sim_port: port } : {}), ...(alipay_port > 0 ? { sim_alipay_port: alipay_port } : {}), ...(invoice_port > 0 ? { sim_invoice_port: invoice_port } : {}), ...(months > 0 ? { months } : {}), ...(until ? { until } : {}) })
  await app.d.end()
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? `样例数据没有装完:${error.message}` : String(error))
  if (error instanceof Error && error.stack && !(error.cause instanceof Error)) console.error(error.stack)
  process.exit(1)
}
