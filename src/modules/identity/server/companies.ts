// Companies (tenants): the first-run page, and the roles every company begins with.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { actAs, inTransaction } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { nowIso } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { identity } from '../contract.ts'
import { hashPassword, refuseWeak } from './sign_in.ts'
import { openSession } from './sessions.ts'

/** Posts of a company (product-conventions 5, 29) and what each may do, as patterns over the permissions of all modules. */
// One line a module: modules land side by side.
const BUILT_IN: { code: string; name: string; may: string[] }[] = [
  { code: 'admin', name: '系统管理员', may: ['*'] },
  {
    code: 'manager', name: '项目经理', may: [
      'property.*',
      'people.*',
      'meters.*',
      'billing.*',
      'tariff.*',
      'funds.*',
      'payment.*',
      'handover.*',
      'forms.*',
      'reminders.*',
      'orders.*.read', 'orders.*.export', 'orders.order.create', 'orders.order.dispatch', 'orders.reporter.reveal', 'orders.setup.write', 'orders.visit.write', 'orders.quote.*', 'orders.warranty.*', 'orders.stock.*',
      'rounds.*',
      'duty.*',
      'emergency.*',
      'care.*',
      'safety.*',
      'parking.*', 'access.*', 'doors.*', 'video.*', 'muster.*', 'siteplan.*', 'firefile.*', 'bookings.*', 'community.*', 'office.*', 'staff.*', 'attendance.*', 'contracts.*', 'suppliers.*', 'votes.*', 'analytics.*', 'supervision.*',
      'equipment.*',
      'iot.*',
      'ledger.*.read',
      'closing.*.read', 'closing.day.close',
      'spending.*.read', 'spending.request.ask', 'spending.request.decide', 'spending.budget.write', 'spending.income.write', 'spending.disclosure.publish',
      'system.*',
      'identity.member.read', 'identity.role.read', 'identity.audit.read', 'identity.company.read',
      'messages.*',
    ],
  },
  {
    code: 'finance', name: '财务', may: [
      '*.read', '*.export',
      'staff.file.view', 'staff.leave.view', 'attendance.setup.read', 'attendance.roster.view', 'attendance.sheet.view', 'attendance.sheet.export', // wages are paid by the roster
      'suppliers.bank.reveal',
      'reminders.*',
      'billing.*',
      'tariff.*',
      'funds.*',
      'payment.*',
      'handover.*',
      'forms.*',
      'ledger.*',
      'closing.*',
      'spending.*',
      'meters.*',
      'orders.quote.decide', 'orders.warranty.decide', 'orders.stock.decide',
      'system.import.use',
    ],
  },
  {
    code: 'cashier', name: '收费员', may: [
      'property.*.read',
      'people.*.read', 'people.phone.reveal', 'people.sign_in_code.issue',
      'meters.*.read', 'meters.meter.write', 'meters.reading.write',
      'billing.*.read', 'billing.*.export', 'billing.run.draft', 'billing.waiver.ask', 'billing.late.bill', 'billing.plan.write', 'billing.bill.rework',
      'handover.*.read', 'handover.*.export', 'handover.sheet.write',
      'tariff.*.read',
      'funds.*.read', 'funds.*.export', 'funds.deposit.take',
      'payment.*.read', 'payment.*.export', 'payment.payment.take', 'payment.shift.work', 'payment.receipt.print', 'payment.reversal.ask', 'payment.invoice.write',
      'payment.refund.ask', 'payment.refund.pay',
      'parking.*.read', 'parking.booth.work', 'parking.money.take', 'parking.plate.reveal',
      'bookings.booking.read', 'community.notice.read',
      'reminders.*.read', 'reminders.reminder.*',
    ],
  },
  {
    code: 'service', name: '客服', may: [
      'contracts.contract.read', 'contracts.contract.export', 'contracts.signature.write',
      'office.rule.read', 'bookings.booking.*', 'community.notice.read', 'community.notice.write', 'community.reader.*', 'community.activity.*', 'community.hours.confirm',
      'safety.incident.read', 'safety.incident.create', 'safety.sign.read',
      'orders.*.read', 'orders.*.export', 'orders.order.create', 'orders.order.dispatch', 'orders.reporter.reveal', 'orders.visit.write', 'orders.quote.void', 'orders.warranty.write',
      'rounds.*.read', 'rounds.task.export', 'rounds.finding.report', 'rounds.weather.write',
      'duty.room.read',
      'votes.poll.read', 'votes.roll.open', 'votes.ballot.enter',
      'emergency.plan.read', 'emergency.incident.work',
      'care.*.read', 'care.*.export', 'care.application.create', 'care.application.decide', 'care.survey.ask', 'care.contact.write', 'care.complaint.create', 'care.complaint.manage', 'care.complaint.handle', 'care.visit.write', 'care.reporter.reveal',
      'equipment.device.read',
      'parking.*.read', 'parking.*.export', 'parking.plate.reveal', 'parking.permit.write', 'access.*.read', 'access.visit.write', 'doors.*.read', 'doors.card.write', 'doors.card.export', 'doors.right.write',
      'reminders.*.read', 'reminders.reminder.*',
      'property.*.read', 'property.house.write',
      'people.*',
      'billing.*.read', 'billing.waiver.ask', 'billing.plan.write',
      'handover.*.read', 'handover.sheet.write',
      'funds.*.read',
      'payment.*.read',
      'meters.*.read',
    ],
  },
  {
    code: 'steward', name: '管家', may: [
      'contracts.contract.read', 'contracts.signature.write',
      'office.rule.read', 'bookings.booking.*', 'community.notice.read', 'community.notice.write', 'community.reader.*', 'community.activity.*', 'community.hours.confirm',
      'safety.incident.read', 'safety.incident.create', 'safety.sign.read', 'rounds.finding.report',
      'votes.poll.read', 'votes.roll.open', 'votes.ballot.enter',
      'emergency.plan.read', 'emergency.incident.work',
      'orders.*.read', 'orders.*.export', 'orders.order.create', 'orders.order.dispatch', 'orders.reporter.reveal', 'orders.visit.write',
      'care.*.read', 'care.application.create', 'care.application.decide', 'care.survey.ask', 'care.contact.write', 'care.complaint.create', 'care.complaint.handle', 'care.visit.write', 'care.reporter.reveal',
      'reminders.*.read', 'reminders.reminder.*',
      'property.*.read',
      'people.*.read', 'people.phone.reveal', 'people.sign_in_code.issue',
      'billing.*.read',
      'meters.*.read', 'meters.meter.write', 'meters.reading.write',
    ],
  },
  { code: 'foreman', name: '工程主管', may: ['office.rule.read', 'office.rule.write', 'suppliers.supplier.read', 'suppliers.work.write', 'staff.org.read', 'staff.file.view', 'staff.leave.view', 'staff.leave.decide', 'attendance.setup.read', 'attendance.roster.view', 'attendance.roster.write', 'attendance.sheet.view', 'attendance.fix.decide', 'community.notice.read', 'siteplan.plan.*', 'firefile.file.read', 'safety.incident.read', 'safety.incident.create', 'safety.incident.handle', 'safety.sign.*', 'emergency.plan.*', 'emergency.drill.write', 'emergency.incident.work', 'muster.roll.read', 'muster.roll.work', 'duty.*', 'care.complaint.handle', 'orders.*.read', 'orders.*.export', 'orders.order.*', 'orders.visit.write', 'orders.reporter.reveal', 'orders.setup.write', 'orders.quote.void', 'orders.warranty.write', 'orders.stock.write', 'rounds.*', 'equipment.*', 'iot.*', 'system.import.use', 'property.*.read', 'people.person.read', 'meters.*.read', 'meters.meter.write', 'meters.reading.write'] },
  { code: 'repairer', name: '维修工', may: ['community.notice.read', 'siteplan.plan.read', 'safety.incident.create', 'emergency.plan.read', 'emergency.incident.work', 'duty.watch.work', 'orders.order.report', 'orders.order.work', 'orders.reporter.reveal', 'rounds.task.work', 'rounds.finding.report', 'equipment.device.read', 'equipment.running.write', 'property.*.read', 'meters.*.read', 'meters.reading.write'] },
  { code: 'guard_head', name: '保安队长', may: ['office.rule.read', 'office.rule.write', 'staff.org.read', 'staff.file.view', 'staff.leave.view', 'staff.leave.decide', 'attendance.setup.read', 'attendance.roster.view', 'attendance.roster.write', 'attendance.sheet.view', 'attendance.fix.decide', 'community.notice.read', 'community.activity.check', 'bookings.booking.check', 'siteplan.plan.*', 'firefile.file.*', 'safety.*.read', 'safety.incident.*', 'safety.party.*', 'safety.sign.*', 'emergency.plan.*', 'emergency.drill.write', 'emergency.incident.work', 'duty.*', 'parking.*.read', 'parking.*.export', 'parking.booth.work', 'parking.money.take', 'parking.stay.void', 'parking.plate.reveal', 'parking.permit.write', 'access.*', 'doors.*.read', 'doors.*.export', 'doors.door.open', 'doors.card.write', 'doors.right.write', 'video.*.read', 'video.camera.watch', 'video.camera.ptz', 'video.playback.watch', 'video.clip.watch', 'video.clip.keep', 'orders.order.report', 'care.complaint.handle', 'care.gate.check', 'equipment.device.read', 'iot.device.read', 'iot.alarm.handle', 'iot.command.comfort', 'iot.command.access', 'rounds.task.*', 'rounds.finding.report', 'rounds.plan.write', 'rounds.weather.write', 'orders.*.read', 'orders.order.create', 'property.*.read', 'doors.face.write', 'doors.barred.write', 'doors.helper.write', 'muster.*.read', 'muster.roll.work', 'muster.setup.write', 'payment.shift.work'] },
  { code: 'guard', name: '保安', may: ['community.notice.read', 'community.activity.check', 'bookings.booking.check', 'siteplan.plan.read', 'safety.incident.create', 'safety.sign.*', 'emergency.plan.read', 'emergency.incident.work', 'duty.watch.work', 'parking.booth.work', 'parking.money.take', 'parking.stay.read', 'parking.plate.reveal', 'access.visit.check', 'access.visit.write', 'doors.door.read', 'doors.door.open', 'orders.order.report', 'care.gate.check', 'rounds.task.work', 'rounds.finding.report', 'doors.barred.read', 'muster.roll.read', 'muster.roll.work', 'payment.shift.work'] },
  { code: 'cleaning_head', name: '保洁主管', may: ['office.rule.read', 'office.rule.write', 'staff.org.read', 'staff.file.view', 'staff.leave.view', 'staff.leave.decide', 'attendance.setup.read', 'attendance.roster.view', 'attendance.roster.write', 'attendance.sheet.view', 'attendance.fix.decide', 'community.notice.read', 'safety.incident.create', 'emergency.plan.read', 'emergency.incident.work', 'orders.order.report', 'care.complaint.handle', 'rounds.task.*', 'rounds.finding.report', 'rounds.plan.write', 'rounds.weather.write', 'orders.*.read', 'orders.order.create', 'property.*.read'] },
  { code: 'cleaner', name: '保洁绿化员', may: ['community.notice.read', 'safety.incident.create', 'emergency.plan.read', 'emergency.incident.work', 'orders.order.report', 'rounds.task.work', 'rounds.finding.report'] },
  { code: 'inspector', name: '品质督导', may: ['*.read', 'care.visit.write', 'rounds.task.*', 'rounds.finding.report', 'rounds.setup.write', 'orders.order.create'] },
  { code: 'reader', name: '抄表员', may: ['community.notice.read', 'orders.order.report', 'property.*.read', 'meters.*.read', 'meters.meter.write', 'meters.reading.write'] },
  { code: 'user', name: '普通用户', may: ['property.*.read', 'people.person.read', 'billing.*.read'] },
  { code: 'visitor', name: '访客(只看)', may: ['*.read'] },
]

export type CompanyKind = 'property' | 'authority'
/** What a company does in supervision: it reports, and it answers. All else there is an authority's. */
const REPORTS = /^supervision\.(report|answer)\./
/** An authority has its own accounts and imports besides; no '*', for that would be the whole product (ADR 0610). */
const AUTHORITY = /^(supervision|system\.import|identity\.(member|role|audit|company))\./
/** The permissions that a company of this kind gives to its roles at all. */
export const permissionsOfKind = (kind: CompanyKind, all: Iterable<string>): string[] => [...all].filter((p) => (kind === 'authority' ? AUTHORITY.test(p) && !REPORTS.test(p) : !p.startsWith('supervision.') || REPORTS.test(p)))
const AUTHORITY_ROLES: typeof BUILT_IN = [
  { code: 'admin', name: '系统管理员', may: ['supervision.*', 'system.*', 'identity.*'] },
  { code: 'officer', name: '监管经办', may: ['supervision.*', 'system.import.use'] },
  { code: 'visitor', name: '访客(只看)', may: ['supervision.*.read'] },
]
export async function kindOfCompany(scope: Pick<Scope, 'db' | 'company_id'>): Promise<CompanyKind> {
  return (await scope.db.selectFrom('identity.company').select('kind').where('company_id', '=', scope.company_id).executeTakeFirstOrThrow()).kind as CompanyKind
}

export function permissionsOf(patterns: readonly string[], all: Iterable<string>): string[] {
  if (patterns.includes('*')) return ['*']
  const list = [...all]
  const fits = (p: string, pattern: string) => {
    if (pattern.startsWith('*.')) return p.endsWith(pattern.slice(1))
    const [m, ...rest] = pattern.split('.')
    const parts = p.split('.')
    return parts[0] === m && rest.every((x, i) => x === '*' || x === parts[i + 1])
  }
  return list.filter((p) => patterns.some((x) => fits(p, x))).sort()
}

/** Makes or refreshes the built-in roles, so that permissions of a new version reach the posts they belong to. */
export async function writeBuiltInRoles(scope: Pick<Scope, 'db' | 'company_id' | 'now'>, all: Iterable<string>): Promise<void> {
  const kind = await kindOfCompany(scope)
  const list = permissionsOfKind(kind, all)
  const values = (kind === 'authority' ? AUTHORITY_ROLES : BUILT_IN).map((r) => ({ company_id: scope.company_id, role_id: uuidv7(), code: r.code, name: r.name, permissions: permissionsOf(r.may, list), built_in: true, created_at: scope.now }))
  await scope.db.insertInto('identity.role').values(values).onConflict((c) => c.columns(['company_id', 'code']).doUpdateSet((e) => ({ permissions: e.ref('excluded.permissions'), name: e.ref('excluded.name') }))).execute()
}

export async function refreshRoles(app: App): Promise<void> {
  const companies = (await app.d.pool.query<{ company_id: number }>('select company_id from identity.company order by 1')).rows
  for (const { company_id } of companies) await inTransaction(app.d, { company_id }, ({ db }) => writeBuiltInRoles({ db, company_id, now: nowIso() }, app.permissionWords.keys()))
}

export interface NewCompany {
  name: string
  short_name: string
  admin_name: string
  login: string
  password: string
  must_change?: boolean
  kind?: CompanyKind
}
/**
 * A company with its roles and its first administrator. Runs in a platform scope (company 0) and moves the transaction to the
 * new company. Refuses 'identity.login_taken'.
 */
export async function createCompany(scope: Scope, o: NewCompany, permissions: Iterable<string>): Promise<{ company_id: number; account_id: string }> {
  const { company_id } = await scope.db.insertInto('identity.company').values({ name: o.name, short_name: o.short_name, credit_code: null, phone: null, founded_on: null, capital_fen: null, disabled_at: null, created_at: scope.now, kind: o.kind ?? 'property' }).returning('company_id').executeTakeFirstOrThrow()
  const account_id = uuidv7()
  const made = await scope.db.insertInto('identity.account').values({ account_id, login: o.login, phone: null, name: o.admin_name, password_hash: await hashPassword(o.password), must_change: o.must_change ?? false, locked_until: null, disabled_at: null, created_at: scope.now }).onConflict((c) => c.column('login').doNothing()).returning('account_id').executeTakeFirst()
  if (!made) throw scope.refuse('identity.login_taken', { login: o.login })
  await scope.db.insertInto('identity.seat').values({ account_id, company_id, kind: 'staff', created_at: scope.now }).execute()
  await actAs(scope.client, company_id)
  await writeBuiltInRoles({ db: scope.db, company_id, now: scope.now }, permissions)
  const admin = await scope.db.selectFrom('identity.role').select('role_id').where('company_id', '=', company_id).where('code', '=', 'admin').executeTakeFirstOrThrow()
  await scope.db.insertInto('identity.member').values({ company_id, account_id, name: o.admin_name, phone: null, post: '系统管理员', disabled_at: null, created_at: scope.now }).execute()
  await scope.db.insertInto('identity.access_grant').values({ company_id, grant_id: uuidv7(), account_id, role_id: admin.role_id, scope_kind: 'company', created_at: scope.now }).execute()
  await actAs(scope.client, scope.company_id)
  return { company_id, account_id }
}

const begun = async (scope: Scope): Promise<boolean> => (await scope.db.selectFrom('identity.company').select('company_id').limit(1).executeTakeFirst()) !== undefined

export const companyAnswers = (app: () => App) => [
  answer(identity.firstRun, async (scope) => ({ needed: app().mode === 'empty' && !(await begun(scope)), mode: app().mode })),
  answer(identity.begin, async (scope, o) => {
    await sql`select pg_advisory_xact_lock(727003)`.execute(scope.db)
    if (app().mode !== 'empty' || (await begun(scope))) throw scope.refuse('identity.already_begun')
    refuseWeak(scope, o.login, o.password, 'password')
    const { company_id, account_id } = await createCompany(scope, { name: o.company_name, short_name: o.short_name, admin_name: o.admin_name, login: o.login, password: o.password }, app().permissionWords.keys())
    scope.knownAs(account_id, o.admin_name)
    scope.seenBy(company_id)
    scope.note('company', String(company_id), { name: o.company_name })
    return { session: await openSession(scope, account_id, company_id, 'staff') }
  }),
]
