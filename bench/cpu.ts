// CPU that processes have used: on a machine that others use too, it says more than the time on the wall.
import { readFileSync, readdirSync } from 'node:fs'

/** Of a process and its threads so far, in ms. */
export function cpuOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((ms, t) => ms + Number(readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0)
  } catch {
    return Number.NaN // not Linux
  }
}
