// Staff accounts and roles of a company.
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { identity, type Member, type Role } from '../contract.ts'
import { withinOwnRights, wholeCompany } from './access.ts'
import { kindOfCompany, permissionsOfKind } from './companies.ts'
import { hashPassword } from './sign_in.ts'

interface Ask {
  role_id: string
  scope_kind: 'company' | 'community' | 'building'
  scope_ids: string[]
}

// No 0/O, 1/l/I: read out over the phone it must survive.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
export const firstPassword = (): string => Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('')

export const members = answer(identity.members, async (scope, { page, page_size, q, role_id }) => {
  wholeCompany(scope)
  const c = scope.company_id
  let base = scope.db.selectFrom('identity.member as m').innerJoin('identity.account as a', 'a.account_id', 'm.account_id').where('m.company_id', '=', c)
  if (q) base = base.where((e) => e.or([e('m.name', 'like', `%${q}%`), e('a.login', 'like', `%${q}%`), e('m.phone', 'like', `%${q}`)]))
  if (role_id) base = base.where((e) => e.exists(e.selectFrom('identity.access_grant as g').select('g.grant_id').where('g.company_id', '=', c).whereRef('g.account_id', '=', 'm.account_id').where('g.role_id', '=', role_id)))
  const { total } = await base.select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await base
    .select(['m.account_id', 'm.name', 'a.login', 'm.phone', 'm.post', (e) => e('m.disabled_at', 'is not', null).as('disabled')])
    .select(sql<string | null>`case when a.locked_until > ${scope.now}::timestamptz then a.locked_until end`.as('locked_until'))
    .select(sql<string | null>`(select max(s.seen_at) from identity.session s where s.account_id = m.account_id and s.company_id = ${c})`.as('last_seen_at'))
    .select(
      sql<Member['grants']>`coalesce((select jsonb_agg(jsonb_build_object('grant_id', g.grant_id, 'role_id', g.role_id, 'role_name', r.name, 'scope_kind', g.scope_kind, 'scope_ids', g.scope_ids, 'scope_names', '[]'::jsonb) order by r.name)
        from identity.access_grant g join identity.role r on r.company_id = g.company_id and r.role_id = g.role_id where g.company_id = ${c} and g.account_id = m.account_id), '[]')`.as('grants'),
    )
    .orderBy('m.created_at')
    .orderBy('m.account_id')
    .limit(page_size)
    .offset((page - 1) * page_size)
    .execute()
  return { rows: rows as Member[], total }
})

/** Checks the roles asked for, and that nobody hands out more than he has. */
async function checkGrants(scope: Scope, grants: Ask[]): Promise<void> {
  const ids = [...new Set(grants.map((g) => g.role_id))]
  if (ids.length === 0) return
  const roles = await scope.db.selectFrom('identity.role').select(['role_id', 'permissions']).where('company_id', '=', scope.company_id).where('role_id', 'in', ids).execute()
  if (roles.length !== ids.length) throw scope.notFound()
  withinOwnRights(scope, roles.flatMap((r) => r.permissions))
}

async function writeGrants(scope: Scope, account_id: string, grants: Ask[]): Promise<void> {
  await scope.db.deleteFrom('identity.access_grant').where('company_id', '=', scope.company_id).where('account_id', '=', account_id).execute()
  if (grants.length === 0) return
  await scope.db
    .insertInto('identity.access_grant')
    .values(grants.map((g) => ({ company_id: scope.company_id, grant_id: uuidv7(), account_id, role_id: g.role_id, scope_kind: g.scope_kind, scope_ids: g.scope_kind === 'company' ? [] : g.scope_ids, created_at: scope.now })))
    .execute()
}

async function keepOneAdmin(scope: Scope): Promise<void> {
  if (!(await hasAdmin(scope))) throw scope.refuse('identity.last_admin')
}
async function hasAdmin(scope: Scope, but: string | null = null): Promise<boolean> {
  const r = await sql<{ n: number }>`select count(*)::int as n from identity.access_grant g join identity.role r on r.company_id = g.company_id and r.role_id = g.role_id
    join identity.member m on m.company_id = g.company_id and m.account_id = g.account_id
    where g.company_id = ${scope.company_id} and g.scope_kind = 'company' and ('*' = any(r.permissions) or r.code = 'admin') and m.disabled_at is null and m.account_id is distinct from ${but}::uuid`.execute(scope.db)
  return r.rows[0]!.n > 0
}
/** Without an account's seat and sessions a right password opens nothing. */
async function closeAccount(scope: Scope, account_id: string): Promise<void> {
  await scope.db.deleteFrom('identity.seat').where('account_id', '=', account_id).where('company_id', '=', scope.company_id).where('kind', '=', 'staff').execute()
  await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('account_id', '=', account_id).where('company_id', '=', scope.company_id).where('ended_at', 'is', null).execute()
}
/** Somebody has left: by the clock of the staff files. The only administrator stays, and whoever asked says so. */
export async function endMember(scope: Scope, account_id: string): Promise<'ended' | 'last_admin'> {
  if (!(await hasAdmin(scope, account_id))) return 'last_admin'
  await scope.db.updateTable('identity.member').set({ disabled_at: scope.now }).where('company_id', '=', scope.company_id).where('account_id', '=', account_id).where('disabled_at', 'is', null).execute()
  await closeAccount(scope, account_id)
  scope.note('member', account_id, { disabled: true })
  return 'ended'
}

export const addMember = answer(identity.addMember, async (scope, o) => {
  wholeCompany(scope)
  await checkGrants(scope, o.grants)
  const first_password = firstPassword()
  const account_id = uuidv7()
  const made = await scope.db
    .insertInto('identity.account')
    .values({ account_id, login: o.login, phone: null, name: o.name, password_hash: await hashPassword(first_password), must_change: true, locked_until: null, disabled_at: null, created_at: scope.now })
    .onConflict((c) => c.column('login').doNothing())
    .returning('account_id')
    .executeTakeFirst()
  if (!made) throw scope.refuse('identity.login_taken', { login: o.login })
  await scope.db.insertInto('identity.seat').values({ account_id, company_id: scope.company_id, kind: 'staff', created_at: scope.now }).execute()
  await scope.db.insertInto('identity.member').values({ company_id: scope.company_id, account_id, name: o.name, phone: o.phone ?? null, post: o.post ?? null, disabled_at: null, created_at: scope.now }).execute()
  await writeGrants(scope, account_id, o.grants)
  scope.note('member', account_id, { login: o.login, grants: o.grants })
  return { account_id, first_password }
})

async function memberToChange(scope: Scope, account_id: string) {
  wholeCompany(scope)
  const row = await scope.db.selectFrom('identity.member').selectAll().where('company_id', '=', scope.company_id).where('account_id', '=', account_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  // Whoever holds rights that I lack is not mine to change: else a password reset would be a way up.
  const theirs = await sql<{ permissions: string[] }>`select r.permissions from identity.access_grant g join identity.role r on r.company_id = g.company_id and r.role_id = g.role_id where g.company_id = ${scope.company_id} and g.account_id = ${account_id}`.execute(scope.db)
  withinOwnRights(scope, theirs.rows.flatMap((r) => r.permissions))
  return row
}

export const setMember = answer(identity.setMember, async (scope, o) => {
  const before = await memberToChange(scope, o.account_id)
  const change = {
    ...(o.name !== undefined ? { name: o.name } : {}),
    ...(o.phone !== undefined ? { phone: o.phone } : {}),
    ...(o.post !== undefined ? { post: o.post } : {}),
    ...(o.disabled !== undefined ? { disabled_at: o.disabled ? scope.now : null } : {}),
  }
  if (Object.keys(change).length) await scope.db.updateTable('identity.member').set(change).where('company_id', '=', scope.company_id).where('account_id', '=', o.account_id).execute()
  if (o.grants) {
    await checkGrants(scope, o.grants)
    await writeGrants(scope, o.account_id, o.grants)
  }
  // The seat goes and comes with it: without one a right password opens nothing, and says so.
  if (o.disabled === true) await closeAccount(scope, o.account_id)
  if (o.disabled === false) await scope.db.insertInto('identity.seat').values({ account_id: o.account_id, company_id: scope.company_id, kind: 'staff', created_at: scope.now }).onConflict((c) => c.doNothing()).execute()
  await keepOneAdmin(scope)
  scope.note('member', o.account_id, { before: { name: before.name, post: before.post, disabled: before.disabled_at !== null }, after: { ...change, ...(o.phone !== undefined ? { phone: '***' } : {}) } })
  return { account_id: o.account_id }
})

export const resetPassword = answer(identity.resetPassword, async (scope, { account_id }) => {
  await memberToChange(scope, account_id)
  const first_password = firstPassword()
  await scope.db.updateTable('identity.account').set({ password_hash: await hashPassword(first_password), must_change: true, failed_count: 0, locked_until: null }).where('account_id', '=', account_id).execute()
  await scope.db.updateTable('identity.session').set({ ended_at: scope.now }).where('account_id', '=', account_id).where('ended_at', 'is', null).execute()
  scope.note('member', account_id)
  return { first_password }
})

/** The tries are forgotten, the password stays: for somebody who knows it and mistyped. */
export const unlockMember = answer(identity.unlockMember, async (scope, { account_id }) => {
  await memberToChange(scope, account_id)
  await scope.db.updateTable('identity.account').set({ failed_count: 0, locked_until: null }).where('account_id', '=', account_id).execute()
  scope.note('member', account_id)
  return { account_id }
})

export const roles = answer(identity.roles, async (scope) => {
  const rows = await scope.db
    .selectFrom('identity.role as r')
    .select(['r.role_id', 'r.code', 'r.name', 'r.permissions', 'r.built_in'])
    .select(sql<number>`(select count(distinct g.account_id) from identity.access_grant g where g.company_id = ${scope.company_id} and g.role_id = r.role_id)`.as('member_count'))
    .where('r.company_id', '=', scope.company_id)
    .orderBy('r.built_in', 'desc')
    .orderBy('r.created_at')
    .orderBy('r.role_id')
    .limit(200)
    .execute()
  return { rows: rows as Role[] }
})

export const roleAnswers = (app: () => App) => [
  answer(identity.permissions, async (scope) => {
    const own = new Set(permissionsOfKind(await kindOfCompany(scope), app().permissionWords.keys()))
    const zh: Record<string, string> = { identity: '账号与权限', system: '设置与导入', messages: '消息', property: '房产', people: '业户', meters: '抄表', ledger: '总账', billing: '收费', payment: '收款', analytics: '分析', forms: '单据模板', tariff: '价目', handover: '过户与退租结算', spending: '预算与公共收益', funds: '维修资金', closing: '对账与结账', reminders: '催缴', orders: '报修', rounds: '巡查', duty: '值班', emergency: '应急', equipment: '设备设施', care: '客户服务', safety: '安全管理', iot: '智能设备', parking: '停车', open: '开放接口', access: '访客', doors: '门禁', muster: '集合点名', video: '视频监控', staff: '人事', attendance: '考勤', office: '行政办公', siteplan: '平面图', firefile: '消防安全档案', bookings: '场地预约', contracts: '合同', community: '公告与活动', suppliers: '供应商', votes: '业主大会表决', supervision: '行业监管' }
    const groups = Map.groupBy([...app().permissionWords].filter(([code]) => own.has(code)), ([code]) => code.split('.')[0]!)
    return { groups: [...groups].map(([module, list]) => ({ module, zh: zh[module] ?? module, permissions: list.map(([code, name]) => ({ code, zh: name })) })) }
  }),
  answer(identity.saveRole, async (scope, o) => {
    wholeCompany(scope)
    const unknown = o.permissions.find((p) => !app().permissionWords.has(p))
    if (unknown) throw scope.refuse('identity.unknown_permission', { permission: unknown })
    withinOwnRights(scope, o.permissions)
    const same = await scope.db.selectFrom('identity.role').select('role_id').where('company_id', '=', scope.company_id).where('name', '=', o.name).executeTakeFirst()
    if (same && same.role_id !== o.role_id) throw scope.refuse('identity.role_name_taken', { name: o.name })
    if (o.role_id) {
      const role = await scope.db.selectFrom('identity.role').selectAll().where('company_id', '=', scope.company_id).where('role_id', '=', o.role_id).forUpdate().executeTakeFirst()
      if (!role) throw scope.notFound()
      if (role.built_in) throw scope.refuse('identity.role_built_in')
      withinOwnRights(scope, role.permissions)
      await scope.db.updateTable('identity.role').set({ name: o.name, permissions: o.permissions }).where('company_id', '=', scope.company_id).where('role_id', '=', o.role_id).execute()
      scope.note('role', o.role_id, { before: role.permissions, after: o.permissions })
      return { role_id: o.role_id }
    }
    const role_id = uuidv7()
    await scope.db.insertInto('identity.role').values({ company_id: scope.company_id, role_id, code: `own_${role_id.slice(-12)}`, name: o.name, permissions: o.permissions, created_at: scope.now }).execute()
    scope.note('role', role_id, { after: o.permissions })
    return { role_id }
  }),
]

export const removeRole = answer(identity.removeRole, async (scope, { role_id }) => {
  wholeCompany(scope)
  const role = await scope.db.selectFrom('identity.role').selectAll().where('company_id', '=', scope.company_id).where('role_id', '=', role_id).forUpdate().executeTakeFirst()
  if (!role) throw scope.notFound()
  if (role.built_in) throw scope.refuse('identity.role_built_in')
  const { count } = await scope.db.selectFrom('identity.access_grant').select((e) => e.fn.countAll<number>().as('count')).where('company_id', '=', scope.company_id).where('role_id', '=', role_id).executeTakeFirstOrThrow()
  if (count > 0) throw scope.refuse('identity.role_in_use', { count })
  await scope.db.deleteFrom('identity.role').where('company_id', '=', scope.company_id).where('role_id', '=', role_id).execute()
  scope.note('role', role_id, { before: role.permissions })
  return { done: true as const }
})
