// Staff accounts without a browser: the way back in for an administrator who is locked out, and for scripts that set a company up.
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { dayOf, nowIso } from '../kernel/clock.ts'
import { heyuanDir } from '../kernel/pg/place.ts'
import { identity, type Member } from '../modules/identity/contract.ts'
import { ask, commandLine, communityNamed, companyAsked, currentSchema, type Acting } from './acting.ts'
import { EXIT, RefusedError, UsageError, type Out } from './command.ts'
import { withDatabase } from './with_database.ts'

export const name = 'user'
export const summary_zh = '员工账号:列表、新增、重置口令、解锁、停用、授权'
export const usage = `user <动作> [登录名] [选项] [--company 公司编号] [--json]

  user list                                 列出员工账号、状态与角色
  user add 登录名 --name 姓名 [--role 角色] [--community 小区] [--phone 手机号] [--post 岗位]
  user reset 登录名 [--yes]                 重置口令:旧口令失效,所有设备下线,并解除锁定
  user unlock 登录名                        解除多次输错造成的锁定,口令不变
  user disable 登录名 [--yes]               停用:立即下线,不能再登录,历史保留
  user enable 登录名                        重新启用
  user grant 登录名 --role 角色 [--community 小区]   增加一个角色(不写小区即全公司)

  角色写名称或代码,如 收费员 或 cashier;不认识时列出全部。
  add 与 reset 的一次性口令只显示这一次,首次登录必须修改。
  reset 与 disable 在终端里会先问一句;脚本中须写 --yes。退出码:0 已办,1 被拒绝,2 用法不对。例如:
  npm run heyuan -- user add wang.fang --name 王芳 --role 收费员 --community 花园小区`

const OPTIONS = { company: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' }, community: { type: 'string' }, phone: { type: 'string' }, post: { type: 'string' }, yes: { type: 'boolean' } } as const
interface Asked {
  login: string
  name?: string | undefined
  role?: string | undefined
  community?: string | undefined
  phone?: string | undefined
  post?: string | undefined
  yes: boolean
}
type Act = (s: Acting, o: Asked, out: Out) => Promise<number>
const ACTS: Record<string, { takes: readonly (keyof typeof OPTIONS)[]; run: Act }> = {
  list: { takes: [], run: list },
  add: { takes: ['name', 'role', 'community', 'phone', 'post'], run: add },
  reset: { takes: ['yes'], run: reset },
  unlock: { takes: [], run: unlock },
  disable: { takes: ['yes'], run: (s, o, out) => setDisabled(s, o, out, true) },
  enable: { takes: [], run: (s, o, out) => setDisabled(s, o, out, false) },
  grant: { takes: ['role', 'community'], run: grant },
}

export async function run(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
  const [act_name, login, ...more] = positionals
  const act = act_name !== undefined && Object.hasOwn(ACTS, act_name) ? ACTS[act_name] : undefined
  if (!act) throw new UsageError(act_name === undefined ? `请写动作:${Object.keys(ACTS).join('、')}` : `没有动作“${act_name}”,可用:${Object.keys(ACTS).join('、')}`)
  if (more.length > 0 || (act_name === 'list' && login !== undefined)) throw new UsageError(`多余的参数“${more[0] ?? login}”`)
  if (act_name !== 'list' && login === undefined) throw new UsageError(`user ${act_name} 后面要写登录名`)
  const strange = Object.keys(values).find((k) => k !== 'company' && !(act.takes as readonly string[]).includes(k))
  if (strange) throw new UsageError(`user ${act_name} 没有选项 --${strange}`)
  for (const needed of act_name === 'add' ? (['name'] as const) : act_name === 'grant' ? (['role'] as const) : []) if (!values[needed]) throw new UsageError(`user ${act_name} 须写 --${needed}`)
  if (values.community !== undefined && values.role === undefined) throw new UsageError('--community 是角色的范围,请同时写 --role')
  const o: Asked = { ...values, login: login ?? '', yes: values.yes === true }
  if (act.takes.includes('yes') && !o.yes && !out.may_ask) throw new UsageError(`不在终端里,不能提问:确认要 ${act_name} 请加 --yes`)
  return withDatabase(out.line, async (url) => {
    // Only now: help lists every command and must not load the whole product.
    const { makeApp } = await import('../apps/modules.ts')
    await currentSchema(url)
    const app = makeApp({ url, data_dir: heyuanDir(), mode: 'empty', name: 'user', max: 3 })
    try {
      const { company_id } = await companyAsked(app, values.company)
      return await act.run({ app, company_id, who: commandLine }, o, out)
    } finally {
      await app.d.end()
    }
  })
}

const MEMBERS_PAGE = 200
async function everyMember(s: Acting, q?: string): Promise<Member[]> {
  const all: Member[] = []
  for (let page = 1; page <= 50; page++) {
    const { rows, total } = await ask(s, identity.members, { page, page_size: MEMBERS_PAGE, ...(q === undefined ? {} : { q }) })
    all.push(...rows)
    if (all.length >= total) break
  }
  return all
}
async function memberNamed(s: Acting, login: string): Promise<Member> {
  const found = (await everyMember(s, login.slice(0, 40))).find((m) => m.login === login)
  if (!found) throw new RefusedError(`没有登录名为“${login}”的员工,请用 user list 查看`)
  return found
}

const stateOf = (m: Member): 'disabled' | 'locked' | 'active' => (m.disabled ? 'disabled' : m.locked_until ? 'locked' : 'active')
const STATES = { disabled: '已停用', locked: '已锁定', active: '正常' }
/** Two columns of a terminal for a Chinese character. */
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(1, width - [...text].reduce((n, c) => n + (c > '\u2e7f' ? 2 : 1), 0)))

async function list(s: Acting, _o: Asked, out: Out): Promise<number> {
  const all = await everyMember(s)
  out.line(`${pad('登录名', 20)}${pad('姓名', 14)}${pad('状态', 8)}${pad('最近登录', 12)}角色`)
  for (const m of all) out.line(`${pad(m.login ?? '—', 20)}${pad(m.name, 14)}${pad(STATES[stateOf(m)], 8)}${pad(m.last_seen_at ? dayOf(m.last_seen_at) : '—', 12)}${m.grants.map((g) => g.role_name).join('、') || '未授权'}`)
  out.line(`共 ${all.length} 个账号`)
  out.json({ members: all.map((m) => ({ account_id: m.account_id, login: m.login, name: m.name, post: m.post, state: stateOf(m), last_seen_at: m.last_seen_at, roles: m.grants.map((g) => ({ name: g.role_name, scope_kind: g.scope_kind, scope_ids: g.scope_ids })) })) })
  return EXIT.ok
}

async function grantAsked(s: Acting, role: string, community: string | undefined) {
  const { rows } = await ask(s, identity.roles, {})
  const found = rows.find((r) => r.name === role || r.code === role)
  if (!found) throw new RefusedError(`没有角色“${role}”,可用:${rows.map((r) => r.name).join('、')}`)
  if (community === undefined) return { role_id: found.role_id, scope_kind: 'company' as const, scope_ids: [] }
  return { role_id: found.role_id, scope_kind: 'community' as const, scope_ids: [await communityNamed(s, community)] }
}

async function add(s: Acting, o: Asked, out: Out): Promise<number> {
  const grants = o.role === undefined ? [] : [await grantAsked(s, o.role, o.community)]
  const made = await ask(s, identity.addMember, { name: o.name!, login: o.login, phone: o.phone ?? null, post: o.post ?? null, grants })
  out.line(`已新增 ${o.name}(${o.login})${grants.length ? '' : ',还没有角色,请用 user grant 授权'}。`)
  sayPassword(made.first_password, out)
  out.json({ account_id: made.account_id, login: o.login, first_password: made.first_password })
  return EXIT.ok
}
function sayPassword(first_password: string, out: Out): void {
  out.line(`一次性口令:${first_password}`)
  out.line('只显示这一次,请当面交给本人;首次登录时必须修改。')
}

async function sure(o: Asked, out: Out, question: string): Promise<void> {
  if (o.yes || !out.may_ask) return
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const said = (await terminal.question(`${question}输入 y 确认:`)).trim().toLowerCase()
    if (said !== 'y') throw new RefusedError('没有确认,什么也没有改。')
  } finally {
    terminal.close()
  }
}

async function reset(s: Acting, o: Asked, out: Out): Promise<number> {
  const member = await memberNamed(s, o.login)
  await sure(o, out, `重置「${member.name}」的口令?旧口令立即失效,所有设备下线。`)
  const { first_password } = await ask(s, identity.resetPassword, { account_id: member.account_id })
  out.line(`已重置 ${member.name}(${o.login})的口令${member.disabled ? ';该账号仍是停用状态,启用请用 user enable' : ''}。`)
  sayPassword(first_password, out)
  out.json({ account_id: member.account_id, login: o.login, first_password })
  return EXIT.ok
}

async function unlock(s: Acting, o: Asked, out: Out): Promise<number> {
  const member = await memberNamed(s, o.login)
  await ask(s, identity.unlockMember, { account_id: member.account_id })
  out.line(member.locked_until ? `已解除 ${member.name}(${o.login})的锁定,口令不变。` : `${member.name}(${o.login})没有被锁定。`)
  out.json({ account_id: member.account_id, login: o.login, was_locked: member.locked_until !== null, at: nowIso() })
  return EXIT.ok
}

async function setDisabled(s: Acting, o: Asked, out: Out, disabled: boolean): Promise<number> {
  const member = await memberNamed(s, o.login)
  if (disabled && !member.disabled) await sure(o, out, `停用「${member.name}」?立即下线并不能再登录。`)
  if (member.disabled !== disabled) await ask(s, identity.setMember, { account_id: member.account_id, disabled })
  out.line(`${member.name}(${o.login})${member.disabled === disabled ? '本来就是' : '已'}${disabled ? '停用' : '启用'}。`)
  out.json({ account_id: member.account_id, login: o.login, disabled, changed: member.disabled !== disabled })
  return EXIT.ok
}

async function grant(s: Acting, o: Asked, out: Out): Promise<number> {
  const member = await memberNamed(s, o.login)
  const asked = await grantAsked(s, o.role!, o.community)
  const now = member.grants.map(({ role_id, scope_kind, scope_ids }) => ({ role_id, scope_kind, scope_ids }))
  const has = now.some((g) => g.role_id === asked.role_id && (g.scope_kind === 'company' || (g.scope_kind === asked.scope_kind && asked.scope_ids.every((id) => g.scope_ids.includes(id)))))
  if (!has) await ask(s, identity.setMember, { account_id: member.account_id, grants: [...now, asked] })
  out.line(has ? `${member.name}(${o.login})已有这个角色。` : `已授予 ${member.name}(${o.login})角色“${o.role}”${o.community ? `,范围 ${o.community}` : ',范围全公司'}。`)
  out.json({ account_id: member.account_id, login: o.login, changed: !has })
  return EXIT.ok
}
