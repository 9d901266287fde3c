// The database a command works on: DATABASE_URL, else the embedded one that runs already, else the embedded one started for the
// length of the command.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defaultDir, findRunning, startEmbedded } from '../kernel/pg/embedded.ts'
import { RefusedError } from './command.ts'

export function configuredUrl(): string | undefined {
  return process.env['HEYUAN_DATABASE_URL'] || process.env['DATABASE_URL'] || undefined
}

export function hasEmbedded(): boolean {
  return existsSync(defaultDir()) && (existsSync(join(defaultDir(), 'data')) || existsSync(join(defaultDir(), 'moved_to')))
}

/** `ownerUrl` is for migrations and maintenance; requests of the application take the role heyuan_app on it. */
export async function withDatabase<T>(log: (line: string) => void, work: (ownerUrl: string) => Promise<T>, o: { archive?: boolean } = {}): Promise<T> {
  const configured = configuredUrl()
  if (configured !== undefined) return work(configured)
  const running = findRunning()
  if (running?.url !== undefined) return work(running.url)
  if (running !== undefined) throw new RefusedError(`数据库正在启动(进程号 ${running.holder.pid}),请稍后再试。`)
  const database = await startEmbedded({ log, ...o })
  const stop = (): void => void database.stop(5_000).then(() => process.exit(130))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await work(database.url)
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    await database.stop()
  }
}
