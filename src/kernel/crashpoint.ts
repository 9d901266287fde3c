// Where a process can be made to die in a test, at that very statement: `crashpoint('settle.inserted')` in the code, HEYUAN_CRASH_AT in the
// environment of the process that shall die there (tests/crash/points.ts lists them all, and each is hit in every run of the tests).
//   HEYUAN_CRASH_AT='settle.inserted'                  the first time it comes by
//   HEYUAN_CRASH_AT='call.committed payment.payRefund:2'   the second time, and only of that call
// Outside tests there is nothing: the name is read once, at start, in mode 'test' alone, which no installation has (src/cli/start knows
// 'sample' and 'empty' only), and never where NODE_ENV says production. What stands in the code is then a call of an empty function.

/** The point, of what, and how often it comes by before it strikes; null where nothing may die. */
export function armed(env: Readonly<Record<string, string | undefined>>): { name: string; of: string | undefined; count: number } | null {
  if (env['HEYUAN_MODE'] !== 'test' || env['NODE_ENV'] === 'production') return null
  const m = /^([\w.]+)(?: ([\w.:]+?))?(?::(\d{1,4}))?$/.exec(env['HEYUAN_CRASH_AT'] ?? '')
  return m ? { name: m[1]!, of: m[2], count: Number(m[3] ?? 1) } : null
}

const at = armed(process.env)
let left = at?.count ?? 0
export const crashpoint: (name: string, of?: string) => void =
  at === null
    ? () => {}
    : (name, of) => {
        if (name !== at.name || (at.of !== undefined && of !== at.of) || --left > 0) return
        // What has been given to the sockets in this turn is lost with the process, as it would be.
        process.kill(process.pid, 'SIGKILL')
      }
