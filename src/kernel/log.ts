// Logs are one JSON line each, to stdout; the supervisor makes them readable. error = a person must act now.
type Level = 'error' | 'warn' | 'info' | 'debug'
const quiet = process.env['HEYUAN_LOG'] === 'quiet'
export function log(level: Level, what: string, fields: Record<string, unknown> = {}): void {
  if (quiet && level !== 'error') return
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, what, ...fields })}\n`)
}
