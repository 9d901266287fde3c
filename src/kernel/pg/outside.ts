// A PostgreSQL server of the owner's own (DATABASE_URL): is it one this product can trust with money?
import { StartupProblem, errorCode, errorText } from './problem.ts'

export interface Finding {
  level: 'ok' | 'warning' | 'problem'
  what: string
  way_out?: string
}

export interface OutsideDatabase {
  url: string
  version: string
  /** Identifies this very database, so that what was loaded into another one is not mistaken for being here. */
  identity: string
  findings: Finding[]
}

const OLDEST = 15
const NEWEST_TRIED = 18
const CONNECT_LIMIT_MS = 10_000

/** The address without its password, for messages. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^:/@]*):[^@]*@/, '$1:***@')
}

const CONNECT_REASONS: Record<string, [string, string]> = {
  ECONNREFUSED: ['连接被拒绝:数据库没有在该地址运行。', '确认数据库已启动、地址与端口正确、防火墙放行。'],
  ENOTFOUND: ['找不到该主机名。', '检查 DATABASE_URL 里的主机名。'],
  EAI_AGAIN: ['暂时无法解析主机名。', '检查网络与 DNS。'],
  ENOENT: ['找不到本机套接字文件。', '检查 DATABASE_URL 里的 host 路径,并确认数据库已启动。'],
  EACCES: ['没有权限打开本机套接字。', '用数据库允许的用户运行,或改用 TCP 地址。'],
  '28P01': ['用户名或密码不对。', '检查 DATABASE_URL 里的用户名与密码。'],
  '28000': ['数据库不允许这样登录。', '检查 pg_hba.conf 是否允许该用户从本机连接。'],
  '3D000': ['该数据库不存在。', "用管理员执行:create database heyuan encoding 'UTF8' template template0;"],
  '53300': ['数据库连接数已满。', '提高 max_connections(至少 60),或关闭别的连接。'],
  '57P03': ['数据库正在启动或恢复。', '稍等片刻再试。'],
}

export function explainConnectError(error: unknown, url: string): StartupProblem {
  const [what, way_out] = CONNECT_REASONS[errorCode(error) ?? ''] ?? [errorText(error), '检查 DATABASE_URL,例如 postgres://用户:密码@主机:5432/heyuan']
  return new StartupProblem(`连不上数据库 ${withoutPassword(url)}:${what}`, way_out, error)
}

interface Facts {
  version_num: number
  version: string
  encoding: string
  fsync: string
  full_page_writes: string
  synchronous_commit: string
  data_checksums: string
  max_connections: number
  is_replica: boolean
  may_create_schema: boolean
  has_role: boolean
  /** May create the role, or give itself the one that another installation on this server made. Since 16, CREATEROLE alone no longer does. */
  may_make_role: boolean
  identity: string
  /** Names as SQL writes them, for the sentences that say what to execute. */
  database_sql: string
  user_sql: string
}

const FACTS = `
  select current_setting('server_version_num')::int as version_num, current_setting('server_version') as version,
    pg_encoding_to_char(d.encoding) as encoding, current_setting('fsync') as fsync,
    current_setting('full_page_writes') as full_page_writes, current_setting('synchronous_commit') as synchronous_commit,
    current_setting('data_checksums') as data_checksums, current_setting('max_connections')::int as max_connections,
    pg_is_in_recovery() as is_replica, has_database_privilege(d.oid, 'CREATE') as may_create_schema,
    exists (select from pg_roles where rolname = 'heyuan_app') as has_role,
    case when r.rolsuper then true
      when exists (select from pg_roles where rolname = 'heyuan_app') then (current_setting('server_version_num')::int < 160000 and r.rolcreaterole)
        or exists (select from pg_auth_members m join pg_roles a on a.oid = m.roleid where a.rolname = 'heyuan_app' and m.member = r.oid and m.admin_option)
      else r.rolcreaterole end as may_make_role,
    (select system_identifier from pg_control_system()) || '/' || d.oid as identity,
    quote_ident(current_database()) as database_sql, quote_ident(current_user) as user_sql
  from pg_database d, pg_roles r where d.datname = current_database() and r.rolname = current_user`

function judgeIdentity(facts: Facts): Finding[] {
  const major = Math.floor(facts.version_num / 10_000)
  const found: Finding[] = []
  if (major < OLDEST) {
    found.push({ level: 'problem', what: `数据库版本 ${facts.version} 太旧。`, way_out: `升级到 PostgreSQL ${OLDEST} 至 ${NEWEST_TRIED}。` })
  } else if (major > NEWEST_TRIED) {
    found.push({ level: 'warning', what: `数据库版本 ${facts.version} 比测试过的新。`, way_out: `正式使用请选 PostgreSQL ${OLDEST} 至 ${NEWEST_TRIED}。` })
  } else found.push({ level: 'ok', what: `PostgreSQL ${facts.version}` })
  if (facts.encoding !== 'UTF8') {
    const way_out = "新建一个 UTF8 的数据库:create database heyuan encoding 'UTF8' template template0;"
    found.push({ level: 'problem', what: `数据库编码是 ${facts.encoding},存不了全部汉字。`, way_out })
  }
  if (facts.is_replica) found.push({ level: 'problem', what: '这是只读的备库。', way_out: '把 DATABASE_URL 指向主库。' })
  if (!facts.may_create_schema) {
    const way_out = `用管理员执行:grant create on database ${facts.database_sql} to ${facts.user_sql};(或让该用户成为数据库的所有者)`
    found.push({ level: 'problem', what: '该用户不能在此数据库里建立结构。', way_out })
  }
  if (!facts.may_make_role) {
    found.push({
      level: 'problem',
      what: facts.has_role ? '已有应用角色 heyuan_app,而该用户不能使用它。' : '还没有应用角色 heyuan_app,而该用户不能建立角色。',
      way_out: `用管理员执行:${facts.has_role ? '' : 'create role heyuan_app nologin; '}grant heyuan_app to ${facts.user_sql} with admin option;`,
    })
  }
  return found
}

function judgeDurability(facts: Facts): Finding[] {
  const found: Finding[] = []
  const must = (name: 'fsync' | 'full_page_writes', danger: string): void => {
    if (facts[name] === 'on') return
    const way_out = `用管理员执行:alter system set ${name} = on; select pg_reload_conf();`
    found.push({ level: 'problem', what: `${name} 关闭:${danger}`, way_out })
  }
  must('fsync', '断电会损坏整个数据库。')
  must('full_page_writes', '断电可能留下写了一半的页面。')
  if (facts.synchronous_commit === 'off') {
    found.push({
      level: 'problem',
      what: 'synchronous_commit 关闭:断电会丢失已经确认的收款。',
      way_out: '用管理员执行:alter system set synchronous_commit = on; select pg_reload_conf();',
    })
  }
  if (found.length === 0) found.push({ level: 'ok', what: '提交即落盘(fsync、full_page_writes、synchronous_commit 均已打开)' })
  if (facts.data_checksums !== 'on') {
    found.push({ level: 'warning', what: '没有数据校验和,磁盘悄悄出错时不会被发现。', way_out: '停机后执行 pg_checksums --enable。' })
  }
  if (facts.max_connections < 40) {
    found.push({ level: 'warning', what: `max_connections 只有 ${facts.max_connections}。`, way_out: '建议至少 60。' })
  }
  return found
}

export async function inspectDatabase(url: string): Promise<OutsideDatabase> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS, application_name: 'heyuan-check' })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw explainConnectError(error, url)
  }
  try {
    const facts = (await client.query<Facts>(FACTS)).rows[0]
    if (facts === undefined) throw new Error('the server described no database')
    return { url, version: facts.version, identity: facts.identity, findings: [...judgeIdentity(facts), ...judgeDurability(facts)] }
  } finally {
    await client.end()
  }
}

/** Uses the owner's server, or says what to change first. `log` receives what is only unwise. */
export async function openOutside(url: string, log: (line: string) => void): Promise<OutsideDatabase> {
  const outside = await inspectDatabase(url)
  const problems = outside.findings.filter((finding) => finding.level === 'problem')
  if (problems.length > 0) {
    throw new StartupProblem(problems.map((one) => one.what).join(' '), problems.map((one) => one.way_out ?? '').join('\n        '))
  }
  for (const finding of outside.findings) {
    if (finding.level === 'warning') log(`注意:${finding.what}${finding.way_out ?? ''}`)
  }
  return outside
}
