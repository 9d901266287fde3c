// The worker as a process of the crash loop: jobs and events as always; of the schedules only the two that talk to payment channels, at a pace
// that a test can wait for. The others would move money that the model of the test knows nothing of.
import { startWorker, runSchedule } from '../../src/kernel/worker.ts'
import { appFromEnv } from '../../src/apps/modules.ts'

const PACE_MS = 150
const app = appFromEnv('worker', 10)
startWorker(app, { schedules: false })
const due = app.modules.flatMap((m) => m.schedules ?? []).filter((s) => s.name === 'payment.ask' || s.name === 'payment.refund_channel')
for (const s of due) {
  let busy = false
  setInterval(() => {
    if (busy) return
    busy = true
    runSchedule(app, s).catch(() => {}).finally(() => (busy = false))
  }, PACE_MS)
}
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true, schedules: due.length })
