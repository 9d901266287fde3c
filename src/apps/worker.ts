// The worker process: jobs, events, schedules. Any number may run.
import { log } from '../kernel/log.ts'
import { giveBackAfterStart } from '../kernel/startup_heap.ts'
import { startWorker } from '../kernel/worker.ts'
import { appFromEnv } from './modules.ts'

const app = appFromEnv('worker', 10)
const worker = startWorker(app)
giveBackAfterStart()
log('info', 'worker runs')
process.send?.({ ready: true })

let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  await worker.stop()
  await app.d.end()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('disconnect', stop)
