// The authority of the sample (眉县住建局): districts, a register of further communities as a survey found them, a survey under way, and the sample's companies reporting theirs.
import { supervision, type Answer } from '../../modules/supervision/contract.ts'
import { createCompany } from '../../modules/identity/server/index.ts'
import { addDays } from '../../kernel/clock.ts'
import type { App } from '../../kernel/app.ts'
import { AUTHORITY, SAMPLE_PASSWORDS } from '../accounts.ts'
import { at, inside, personOf, Road, several, type Person } from '../caller.ts'
import { must, type Town } from '../town.ts'

const STREETS = ['首善街道', '常兴镇', '槐芽镇', '汤峪镇'] as const
const NEAR = [['首善街道', '美阳社区'], ['首善街道', '平阳社区'], ['常兴镇', '常兴社区']] as const
const FIRMS = ['眉县新城物业服务有限公司', '宝鸡恒安物业管理有限公司', '眉县众和物业服务中心', '陕西金渭物业服务有限公司'] as const
/** manager: number of a firm, 街 taken over by the street, 自 by the owners, 无 nobody; facts: tender, preliminary, covenant, manager, committee as y n - (na) ? (unknown). */
type Row = readonly [name: string, where: string, kind: string, households: number, area: number, year: number, manager: 0 | 1 | 2 | 3 | '街' | '自' | '无', facts: string, klass: string]
const ROWS: readonly Row[] = [
  ['书香苑', '美阳社区', '商品房', 612, 71_800, 2016, 0, 'yyyyy', '规范'], ['景贤花园', '美阳社区', '商品房', 486, 55_210, 2011, 0, '-y-yy', '规范'], ['美阳新居', '美阳社区', '保障性住房', 720, 46_800, 2014, 1, 'nynyn', '基本规范'], ['棉织厂家属院', '美阳社区', '单位家属院', 168, 11_230, 1992, '街', '---?-', '弃管失管'],
  ['平阳佳苑', '平阳社区', '商品房', 398, 43_760, 2013, 1, 'yyy?y', '基本规范'], ['滨河国际', '平阳社区', '商品房', 1_056, 128_900, 2021, 3, 'yyyyn', '规范'], ['县医院家属楼', '平阳社区', '单位家属院', 96, 8_150, 1998, '自', '---?n', '需整改'], ['东关小区', '平阳社区', '老旧小区', 240, 17_640, 1996, '无', '---?n', '弃管失管'],
  ['凤泉名邸', '首善街道', '商品房', 534, 62_300, 2019, 3, 'yyyyy', '规范'], ['首善安居苑', '首善街道', '安置房', 402, 36_900, 2017, 2, 'nyn?n', '需整改'], ['教师公寓', '首善街道', '房改房', 144, 12_080, 2001, '自', '---?y', '基本规范'],
  ['常兴纺织家园', '常兴社区', '单位家属院', 610, 42_300, 1995, '街', '---?y', '需整改'], ['常兴新城', '常兴社区', '商品房', 768, 84_560, 2018, 1, 'yyyyn', '规范'], ['渭河明珠', '常兴镇', '商品房', 512, 58_030, 2022, 3, 'yyyy-', '规范'], ['车站家属院', '常兴镇', '老旧小区', 88, 6_120, 1989, '无', '---?n', ''],
  ['槐芽花苑', '槐芽镇', '商品房', 256, 26_900, 2015, 2, 'nyyny', '基本规范'], ['槐芽移民新村', '槐芽镇', '安置房', 318, 29_800, 2012, '自', '---?y', ''], ['果品公司家属院', '槐芽镇', '单位家属院', 64, 4_860, 1990, '无', '---?n', ''],
  ['汤峪温泉小镇', '汤峪镇', '商品房', 890, 96_400, 2020, 3, 'yyyyn', '规范'], ['太白山庄', '汤峪镇', '商品房', 210, 31_250, 2017, 0, 'yyn?n', ''],
]
const CODES = ['tender', 'preliminary', 'covenant', 'manager', 'committee'] as const
const SAID: Record<string, Exclude<Answer, 'unknown'>> = { y: 'yes', n: 'no', '-': 'na' }

async function open(app: App, made_at: string): Promise<{ road: Road; boss: Person }> {
  const company_id = await at(made_at, () => inside(app, 0, async (scope) => {
    const before = await scope.db.selectFrom('identity.company').select('company_id').where('name', '=', AUTHORITY.name).executeTakeFirst()
    return before?.company_id ?? (await createCompany(scope, { ...AUTHORITY, password: SAMPLE_PASSWORDS.admin, kind: 'authority' }, app.permissionWords.keys())).company_id
  }))
  return { road: await Road.open(app, 'authority', company_id), boss: await personOf(app, company_id, AUTHORITY.login) }
}
export const supervise = async (towns: readonly Town[]): Promise<void> => {
  const { app, calendar } = towns[0]!
  const { road, boss } = await open(app, calendar.until)
  await at(calendar.until, () => fill(towns, road, boss))
}
async function fill(towns: readonly Town[], road: Road, boss: Person): Promise<void> {
  const { today } = towns[0]!.calendar
  if (road.has('last')) return
  const { district_id: county } = await road.call(boss, ['county'], supervision.saveDistrict, { kind: 'county', name: '眉县' })
  const ids = new Map<string, string>()
  for (const [n, name] of STREETS.entries()) ids.set(name, (await road.call(boss, ['street', name], supervision.saveDistrict, { kind: 'street', parent_id: county, name, sort_no: n })).district_id)
  for (const [street, name] of NEAR) ids.set(name, (await road.call(boss, ['near', name], supervision.saveDistrict, { kind: 'neighbourhood', parent_id: ids.get(street)!, name })).district_id)
  const firms: string[] = []
  for (const [n, name] of FIRMS.entries()) firms.push((await road.call(boss, ['firm', name], supervision.saveFirm, { name, phone: `0917-55505${n}0` })).firm_id)
  const { survey_id } = await road.call(boss, ['survey'], supervision.startSurvey, { title: `${today.slice(0, 4)} 年住宅小区排查`, from_on: addDays(today, -20), to_on: addDays(today, 40), note: '逐小区核对管理单位、合同、规约、公示和安全隐患' })
  await several(ROWS, async ([name, where, kind, household_count, area, built_year, manager, facts, klass]) => {
    const { place_id } = await road.call(boss, ['place', name], supervision.savePlace, { district_id: ids.get(where)!, name, kind, household_count, built_area_m2: String(area), built_year, building_count: Math.max(1, Math.round(household_count / 36)) })
    if (typeof manager === 'number') await road.call(boss, ['tenure', name], supervision.startTenure, { place_id, kind: 'company', firm_id: firms[manager]!, from_on: addDays(today, -400), basis: '物业服务合同' })
    else if (manager === '街') await road.call(boss, ['tenure', name], supervision.startTenure, { place_id, kind: 'office', holder: where === '常兴社区' ? '常兴镇人民政府' : '首善街道办事处', from_on: addDays(today, -180), until_on: where === '常兴社区' ? addDays(today, -8) : addDays(today, 10), basis: '物业撤出后应急接管通知' })
    else if (manager === '自') await road.call(boss, ['tenure', name], supervision.startTenure, { place_id, kind: 'self', holder: `${name}自管小组`, from_on: addDays(today, -700), basis: '业主大会决定' })
    for (const [n, code] of CODES.entries()) {
      const answer = SAID[facts[n]!]
      if (answer) await road.call(boss, ['fact', name, code], supervision.setFact, { place_id, code, answer, said: answer === 'na' ? '排查认定不适用' : '排查核对' })
    }
    if (klass) await road.call(boss, ['surveyed', name], supervision.enterSurvey, { survey_id, place_id, class: klass, found: klass === '弃管失管' ? '无固定管理单位,垃圾清运由社区代管' : klass === '需整改' ? '消防通道占用、公示栏不全' : '公示齐全,秩序正常', on_day: addDays(today, -3) })
  })
  for (const t of towns) {
    const who = must(t, t.company.admin_login)
    for (const key of t.community_keys) {
      const community_id = t.ids.community.get(key)!
      const { invite_token } = await road.call(boss, ['invite', key], supervision.makeInvite, { district_id: ids.get(key === 'garden' ? '美阳社区' : '平阳社区')!, days: 30 })
      const { link_id } = await t.road.call(who, ['supervision join', key], supervision.join, { code: invite_token, community_id })
      if (key === 'garden') await t.road.call(who, ['supervision tender', key], supervision.declare, { community_id, answer: 'na', said: '2010 年前入住,由业主大会选聘' })
      await t.road.call(who, ['supervision send', key], supervision.send, { link_id })
      // The last one waits to be adopted.
      if (t.company.key === 'anju') await road.call(boss, ['adopt', key], supervision.adopt, { link_id })
    }
  }
  await road.call(boss, ['last'], supervision.publishTarget, { code: 'committee', from_on: today, target_bp: 8000, basis: '眉县物业管理年度工作要点' })
}
