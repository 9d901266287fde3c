// Companies with their administrators, and staff accounts. A company is made in the platform's scope, where no public call reaches.
import { at, inside, isRefusal, personOf, Road, several } from '../caller.ts'
import { SAMPLE_PASSWORDS } from '../accounts.ts'
import { calendarOf } from '../plan/calendar.ts'
import { companies } from '../plan/places.ts'
import { guest, staff, type PlanStaff } from '../plan/staff.ts'
import type { CompanyKey, PlanCompany } from '../plan/shapes.ts'
import { communitiesOf, readIds, type Town } from '../town.ts'
import type { App } from '../../kernel/app.ts'
import { createCompany } from '../../modules/identity/server/index.ts'
import { identity } from '../../modules/identity/contract.ts'

/** The company of the plan, made if it is not there. `created_at` is the end of the months that are played. */
async function companyOf(app: App, plan: PlanCompany): Promise<{ company_id: number; created_at: string }> {
  return inside(app, 0, async (scope) => {
    const found = () => scope.db.selectFrom('identity.company').select(['company_id', 'created_at']).where('name', '=', plan.name).executeTakeFirst()
    const before = await found()
    if (before) return before
    const { company_id } = await createCompany(scope, { name: plan.name, short_name: plan.short_name, admin_name: plan.admin_name, login: plan.admin_login, password: SAMPLE_PASSWORDS.admin }, app.permissionWords.keys())
    await scope.db.updateTable('identity.company').set({ phone: plan.phone, founded_on: plan.founded_on, capital_fen: plan.capital_fen }).where('company_id', '=', company_id).execute()
    return (await found())!
  })
}

export async function openTown(app: App, key: CompanyKey, o: { months?: number; until?: string; log: (line: string) => void }): Promise<Town> {
  const company = companies.find((c) => c.key === key)!
  const { company_id, created_at } = await (o.until === undefined ? companyOf(app, company) : at(o.until, () => companyOf(app, company)))
  const road = await Road.open(app, key, company_id)
  const town: Town = { app, company, company_id, road, calendar: calendarOf(created_at, o.months), log: o.log, community_keys: communitiesOf(key), staff: new Map(), people: new Map(), ids: { community: new Map(), house: new Map(), fee: new Map() } }
  town.staff.set(company.admin_login, await personOf(app, company_id, company.admin_login))
  await readIds(town)
  return town
}

/** First those who are named in the sample accounts and those who do the work of the stages; the others when everything else stands. */
export const WORKERS = ['jingli', 'caiwu', 'shoufei1', 'shoufei2', 'kefu', 'gongcheng', 'weixiu1', 'weixiu2', 'weixiu3', 'weixiu4', 'zhixu', 'zhixuyuan1', 'zhixuyuan2', 'baojie1', 'baojie2', 'pinzhi', 'fangke', 'huixin-shoufei', 'huixin-caiwu']

export async function hire(t: Town, which: 'workers' | 'others'): Promise<void> {
  const list = [...staff, guest].filter((s) => s.company === t.company.key && WORKERS.includes(s.login) === (which === 'workers'))
  const admin = t.staff.get(t.company.admin_login)!
  const { rows } = await t.road.ask(admin, identity.roles, {})
  const role_of = new Map(rows.map((r) => [r.code, r.role_id]))
  await several(list, (s) => hireOne(t, s, role_of), 2)
}

async function hireOne(t: Town, s: PlanStaff, role_of: Map<string, string>): Promise<void> {
  const admin = t.staff.get(t.company.admin_login)!
  const scope = s.community === null ? { scope_kind: 'company' as const, scope_ids: [] } : { scope_kind: 'community' as const, scope_ids: [t.ids.community.get(s.community)!] }
  const grants = s.role === null ? [] : [{ role_id: role_of.get(s.role)!, ...scope }]
  const made = await t.road.call(admin, ['staff', s.login], identity.addMember, { name: s.name, login: s.login, post: s.post, grants })
  if (WORKERS.includes(s.login)) t.staff.set(s.login, await personOf(t.app, t.company_id, s.login))
  if (s.password === null || t.road.has('password', s.login)) return
  // As the person would at the first sign-in. A first password that no longer fits: the loader was stopped right after the change.
  const me = t.staff.get(s.login)!
  await t.road.ask(me, identity.changePassword, { old_password: made.first_password, new_password: SAMPLE_PASSWORDS[s.password] }).catch((error: unknown) => {
    if (!isRefusal(error, 'identity.wrong_password')) throw error
  })
  await t.road.step(me, ['password', s.login], 'signed_in', async () => 1)
}
