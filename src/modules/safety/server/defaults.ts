// What a company begins with. Fire is called in at once (消防法 art. 44); accidents at work within one hour (生产安全事故报告和调查处理条例, State Council
// order 493, art. 9) and accidents of special equipment within one hour (特种设备事故报告和调查处理规定, SAMR order 50 of 2022); the levels by dead, badly hurt
// and loss are those of order 493 art. 3. Everything else has no clock of law: 物业管理条例 says "in time". Ids are computed.
import { uuidOf } from '../../../kernel/ids.ts'
import type { LevelRule } from '../contract.ts'

interface Rule {
  report_minutes: number | null
  report_to: string
  basis: string
  close_days: number
}
const NONE = (close_days: number, report_to = ''): Rule => ({ report_minutes: null, report_to, basis: report_to ? '物业管理条例:发生安全事故及时报告' : '', close_days })
const KINDS: readonly (readonly [name: string, rule: Rule])[] = [
  ['火情火灾', { report_minutes: 5, report_to: '消防救援机构(119)', basis: '消防法第四十四条:立即报警', close_days: 30 }],
  ['作业伤亡(生产安全)', { report_minutes: 60, report_to: '县级以上应急管理部门', basis: '生产安全事故报告和调查处理条例第九条:1 小时内', close_days: 60 }],
  ['电梯与特种设备事故', { report_minutes: 60, report_to: '县级以上市场监管部门', basis: '特种设备事故报告和调查处理规定:1 小时内', close_days: 60 }],
  ['盗窃抢劫', NONE(15, '公安机关(110)')], ['打架斗殴', NONE(15, '公安机关(110)')], ['高空抛物坠物', NONE(15, '公安机关(110)')], ['人员走失', NONE(7, '公安机关(110)')], ['人员受伤', NONE(15)], ['车辆事故', NONE(15)],
  ['电梯困人', NONE(7)], ['漏水淹水', NONE(7)], ['停电停水停气', NONE(7)], ['公共设施损坏', NONE(15)], ['纠纷冲突', NONE(7)], ['其他', NONE(15)],
]
export const shippedKinds = (company_id: number) => KINDS.map(([name, rule], i) => ({ kind_id: uuidOf('safety.kind', company_id, name), name, sort_no: (i + 1) * 10, rule }))
export const LEVEL_RULE: LevelRule = {
  from_on: '2000-01-01', basis: '生产安全事故报告和调查处理条例(国务院令第 493 号)第三条',
  limits: [
    { level: 'larger', dead: 3, badly: 10, loss_fen: 1_000_000_000 },
    { level: 'major', dead: 10, badly: 50, loss_fen: 5_000_000_000 },
    { level: 'extreme', dead: 30, badly: 100, loss_fen: 10_000_000_000 },
  ],
}
