// The database's half of `doctor`. It only looks: an embedded database that does not run is started for the length of the check,
// one that does not exist yet is not made.
import { findRunning } from '../kernel/pg/embedded.ts'
import { inspectDatabase, withoutPassword, type Finding } from '../kernel/pg/outside.ts'
import { StartupProblem, errorText } from '../kernel/pg/problem.ts'
import { RefusedError } from './command.ts'
import { configuredUrl, hasEmbedded, withDatabase } from './with_database.ts'

async function pending(url: string): Promise<Finding> {
  const { pendingMigrations } = await import('../kernel/migrate.ts')
  const names = await pendingMigrations(url)
  if (names.length === 0) return { level: 'ok', what: '数据库结构已是最新' }
  return { level: 'warning', what: `有 ${names.length} 个迁移还没有执行。`, way_out: '启动时会自动执行,也可以:npm run heyuan -- migrate' }
}

export async function checkDatabase(): Promise<Finding[]> {
  const configured = configuredUrl()
  if (configured === undefined && !hasEmbedded()) return [{ level: 'ok', what: '还没有数据库:首次 npm start 时自动建立' }]
  const kind = configured === undefined ? '随附的数据库' : `外部数据库 ${withoutPassword(configured)}`
  const state = configured === undefined && findRunning() === undefined ? '(没有在运行,为检查临时启动)' : ''
  try {
    return await withDatabase(() => undefined, async (url) => {
      const { findings } = await inspectDatabase(url)
      return [{ level: 'ok', what: `${kind}可以连接${state}` }, ...findings, await pending(url)]
    })
  } catch (error) {
    if (error instanceof StartupProblem) return [{ level: 'problem', what: error.message, way_out: error.way_out }]
    if (error instanceof RefusedError) return [{ level: 'warning', what: error.message }]
    return [{ level: 'problem', what: `${kind}检查失败:${errorText(error)}`, way_out: '查看数据库日志,或把这条信息发给维护者。' }]
  }
}
