// The worker process: jobs, events, schedules. Any number may run.
import { log } from '../kernel/log.ts'
import { giveBackAfterStart } from '../kernel/startup_heap.ts'
import { startWorker } from '../kernel/worker.ts'
import { appFromEnv } from './modules.ts'
import { underParent } from './parent.ts'

const app = appFromEnv('worker', 10)
const worker = startWorker(app)
giveBackAfterStart()
log('info', 'worker runs')
underParent({ ready: true }, async () => {
  await worker.stop()
  await app.d.end()
})
