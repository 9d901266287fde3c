// Before and after each test file. The two test processes are shared by all files, which takes a third off the whole run (each file used to
// load the product again); so what a file may leave behind in the process is put back here.
import { afterAll } from 'vitest'
import { setClock } from '../src/kernel/clock.ts'
import { closeAll } from './at_end.ts'

setClock(undefined)
afterAll(async () => {
  await closeAll()
  setClock(undefined)
}, 240_000)
