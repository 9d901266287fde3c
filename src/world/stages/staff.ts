// The staff office of 安居: departments, posts with headcounts and required certificates, a file for everybody of 花园小区, with contracts and certificates; one runs out soon, one is missing, one is leaving.
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { staff as hr } from '../../modules/staff/contract.ts'
import { kindIdOf } from '../../modules/staff/server/config.ts'
import { leaveKindIdOf } from '../../modules/staff/server/leave_config.ts'
import { system } from '../../modules/system/contract.ts'
import { at, inside } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { staff as plan } from '../plan/staff.ts'
import { must, type Town } from '../town.ts'

type Family = 'management' | 'service' | 'engineering' | 'security' | 'cleaning' | 'greening'
const DEPARTMENTS = [['garden', '花园小区项目部', null], ['engineering', '工程科', 'garden'], ['service', '服务科', 'garden'], ['security', '秩序科', 'garden'], ['office', '公司办公室', null]] as const
const POSTS: readonly (readonly [name: string, family: Family, department: (typeof DEPARTMENTS)[number][0], headcount: number, certs: readonly string[], duties: string])[] = [
  ['经理', 'management', 'garden', 1, ['person_manager'], '全面负责项目服务质量、安全和经营;对接业委会和社区'], ['办公室文员', 'management', 'garden', 1, [], '文件、档案、考勤和后勤'],
  ['工程科长', 'engineering', 'engineering', 1, ['person_low', 'person_lift'], '设备设施运行、维保计划和应急抢修'], ['维修员', 'engineering', 'engineering', 5, ['person_low'], '公共设施和入户维修,值守配电室、水泵房'],
  ['服务科长', 'service', 'service', 1, [], '客户服务、投诉处理、保洁绿化品质'], ['保洁员', 'cleaning', 'service', 7, [], '楼道、外围和垃圾分类点保洁'], ['绿化员', 'greening', 'service', 1, [], '草坪、乔灌木养护和病虫害防治'], ['收费员', 'service', 'service', 2, [], '收费、开票和日结'],
  ['秩序科长', 'security', 'security', 1, ['person_guard', 'person_fire'], '门岗、巡逻、消防和应急处置'], ['秩序员', 'security', 'security', 9, ['person_guard'], '门岗值守、巡逻、车辆秩序,参加微型消防站'],
]
const BASIS = '2025 年定岗定编方案'
/** Days until it runs out: one soon, the others well. */
const LEFT = [400, 21, 760, 1200, 300, 95] as const

export async function keepStaff(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('staff files', 'done')) return
  const boss = t.staff.get(t.company.admin_login)!
  const { today } = t.calendar
  const ago = (days: number): string => addDays(today, -days)
  const [departments, posts] = [new Map<string, string>(), new Map<string, string>()]
  await at(instantAt(t.calendar, ago(400), '09:00:00'), async () => {
    for (const [n, [key, name, parent]] of DEPARTMENTS.entries()) departments.set(key, (await t.road.call(boss, ['department', key], hr.saveDepartment, { name, parent_id: parent ? departments.get(parent)! : null, community_id: key === 'office' ? null : community_id, from_on: ago(400), sort_no: (n + 1) * 10, basis: BASIS })).department_id)
    for (const [n, [name, family, , people_count, certs, duties]] of POSTS.entries()) {
      const { post_id } = await t.road.call(boss, ['post', name], hr.savePost, { name, family, duties, sort_no: (n + 1) * 10, retired: false })
      posts.set(name, post_id)
      await t.road.call(boss, ['headcount', name], hr.setHeadcount, { post_id, community_id, from_on: ago(400), people_count, basis: BASIS })
      if (certs.length > 0) await t.road.call(boss, ['needs', name], hr.setNeeds, { post_id, from_on: ago(400), kind_ids: certs.map((code) => kindIdOf(t.company_id, code)), basis: '岗位任职条件' })
    }
  })
  const accounts = await inside(t.app, t.company_id, async (s) => new Map((await sql<{ login: string; account_id: string }>`select a.login, m.account_id from identity.member m join identity.account a on a.account_id = m.account_id where m.company_id = ${t.company_id} limit 500`.execute(s.db)).rows.map((r) => [r.login, r.account_id])))
  const list = plan.filter((p) => p.company === t.company.key && p.garden_post).flatMap((p) => { const post = POSTS.find(([name]) => `花园小区 ${name}` === p.post); return post ? [{ p, post }] : [] })
  const files: { login: string; employee_id: string; post: (typeof POSTS)[number] }[] = []
  // An hour before the present of the sample: its months may end on another day than today.
  await at(new Date(Date.parse(t.calendar.until) - 3_600_000).toISOString(), async () => {
    for (const [n, { p, post }] of list.entries()) {
      const account_id = accounts.get(p.login)
      const entered_on = ago(n === list.length - 1 ? 40 : 300 + n * 70)
      const { employee_id } = await t.road.call(boss, ['employee', p.login], hr.hire, { name: p.name, phone: `1990001${String(1000 + n)}`, post_id: posts.get(post[0])!, department_id: departments.get(post[2])!, community_id, entered_on, ...(n === list.length - 1 ? { probation_to_on: addDays(today, 12) } : {}), ...(account_id ? { account_id } : {}) })
      files.push({ login: p.login, employee_id, post })
      // The newest has none yet: that is what the office is to see.
      if (n < list.length - 1) await t.road.call(boss, ['contract', p.login], hr.addContract, { employee_id, kind: n % 6 === 0 ? 'open' : 'fixed', from_on: n % 6 === 0 ? entered_on : ago(300 + (n % 5) * 20), to_on: n % 6 === 0 ? null : n === 7 ? addDays(today, 25) : addDays(today, 400 + n * 20), signed_on: n % 6 === 0 ? entered_on : ago(300 + (n % 5) * 20) })
    }
    let given = 0
    for (const { login, employee_id, post } of files)
      for (const code of post[4]) {
        given++
        if (given % 7 === 0) continue
        await t.road.call(boss, ['staff cert', login, code], hr.addCert, { employee_id, kind_id: kindIdOf(t.company_id, code), no: `T61${String(20_240_000 + given)}`, issuer: code === 'person_guard' ? '宝鸡市公安局' : '陕西省应急管理厅', issued_on: ago(600), valid_to_on: code === 'person_guard' ? null : addDays(today, LEFT[given % LEFT.length]!) })
      }
    const goes = files.find((f) => f.post[0] === '保洁员')
    if (goes) await t.road.call(must(t, 'jingli'), ['leaving', goes.login], hr.startLeaving, { employee_id: goes.employee_id, kind: 'resign', last_on: addDays(today, 9), reason: '回乡照顾家人' })
  })
  await askLeave(t, files.map((f) => f.login))
  await t.road.step(boss, ['staff files', 'done'], 'signed_in', async () => files.length)
}
/** One has his days, one waits for a yes, and stood watch for a day of rest. */
async function askLeave(t: Town, logins: readonly string[]): Promise<void> {
  const { today, until } = t.calendar
  const head = must(t, 'jingli')
  const half = { from_half: 'am', to_half: 'pm' } as const
  const agree = (key: string, approval_id: string) => t.road.call(head, ['leave agreed', key], system.decideApproval, { approval_id, step_no: 1, decision: 'agree', note: '同意' })
  const earlier = new Date(Date.parse(until) - 1_800_000).toISOString()
  if (logins.includes('weixiu1')) {
    const a = await at(earlier, () => t.road.call(must(t, 'weixiu1'), ['leave', 1], hr.askLeave, { kind_id: leaveKindIdOf(t.company_id, 'annual'), from_on: addDays(today, 3), to_on: addDays(today, 4), ...half, half_days: 4, reason: '老家有事' }))
    await at(earlier, () => agree('1', a.approval_id))
  }
  if (logins.includes('zhixuyuan1')) {
    const o = await at(earlier, () => t.road.call(must(t, 'zhixuyuan1'), ['overtime', 1], hr.askOvertime, { on_day: addDays(today, -6), from: '18:00', minutes: 240, pay: 'rest', reason: '消防演练保障' }))
    await at(earlier, () => agree('2', o.approval_id))
    await at(earlier, () => t.road.call(must(t, 'zhixuyuan1'), ['leave', 2], hr.askLeave, { kind_id: leaveKindIdOf(t.company_id, 'personal'), from_on: addDays(today, 6), to_on: addDays(today, 6), ...half, half_days: 2, reason: '孩子家长会' }))
  }
}
