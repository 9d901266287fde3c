// What the workshop's tables ask for, by shape: the fields of docs/tariffs.md with their Chinese names. A field of several values is a
// table, one of several parts a group; both are written with the same list.
import type { ShapeName } from '../rules/index.ts'

export interface FieldMeta {
  key: string
  zh: string
  kind: 'text' | 'number' | 'whole' | 'select' | 'yes' | 'when' | 'list' | 'numbers' | 'group' | 'table' | 'matrix' | 'json'
  options?: readonly (readonly [string, string])[]
  fields?: readonly FieldMeta[]
}
const f = (key: string, zh: string, kind: FieldMeta['kind'] = 'number', more: Partial<FieldMeta> = {}): FieldMeta => ({ key, zh, kind, ...more })
const pick = (key: string, zh: string, ...options: [string, string][]): FieldMeta => f(key, zh, 'select', { options })
const table = (key: string, zh: string, ...fields: FieldMeta[]): FieldMeta => f(key, zh, 'table', { fields })
const group = (key: string, zh: string, ...fields: FieldMeta[]): FieldMeta => f(key, zh, 'group', { fields })
const name = f('name', '名称', 'text')
const when = f('when', '条件', 'when')

export const ROUNDING = group('rounding', '取整', pick('mode', '方式', ['half_up', '四舍五入'], ['half_even', '四舍六入五成双'], ['up', '进一'], ['down', '舍去']), f('to', '到(元)'), pick('place', '位置', ['line', '每个费项一次'], ['step', '每档每段'], ['month', '每月'], ['price', '单价先取整'], ['total', '合计一次']))
export const PRORATION = pick('proration', '不足一月', ['real_days', '当月实际天数'], ['thirty_days', '每月 30 天'], ['whole_month', '1 日在责的整月'], ['started_month', '不足一月按一月'], ['half_month', '15 日前后各半月'])
export const COMPONENT: readonly FieldMeta[] = [
  f('code', '代码', 'text'), name, f('account_code', '科目', 'text'), pick('income_owner', '收入归属', ['company', '物业公司'], ['owners', '全体业主'], ['held', '代收'], ['fund', '维修资金']), f('when', '适用条件', 'when'), ROUNDING,
  table('payers', '分担', f('payer', '承担方', 'text'), f('percent', '百分比'), f('amount', '金额(元)'), f('rest', '其余', 'yes')),
]

const tiers = table('tiers', '分档(上限含)', f('to', '上限'), f('price', '单价(元)'), f('prices', '各时段单价', 'json'), f('ratio', '首档倍数'), f('add', '基价上加'), f('to_per_person', '每人限额'))
const rate = [
  f('unit_minutes', '计费单位(分钟)', 'whole'), f('unit_price', '每单位(元)'), pick('unit_rounding', '不足一个单位', ['up', '按一个'], ['down', '不计']), f('ignore_minutes', '零头不计(分钟)', 'whole'), group('first', '首段', f('minutes', '分钟', 'whole'), f('price', '元')),
  table('steps', '分段单价', f('to_minutes', '至(分钟)', 'whole'), f('unit_minutes', '单位(分钟)', 'whole'), f('unit_price', '每单位(元)')), table('bands', '按时长一口价', f('to_minutes', '至(分钟)', 'whole'), f('to_hours', '至(小时)'), f('price', '元')),
  group('then', '超过最后一段', f('unit_minutes', '单位(分钟)', 'whole'), f('unit_price', '每单位(元)')), f('per_time', '按次(元)'),
]
const CYCLE = pick('cycle', '限额按', ['month', '每月'], ['two_months', '每两个月'], ['quarter', '每季'], ['half_year', '每半年'], ['year', '每年'])

export const FIELDS: Record<ShapeName, readonly FieldMeta[]> = {
  charge: [
    pick('by', '按什么计', ['built_area_m2', '建筑面积'], ['inner_area_m2', '套内面积'], ['heated_area_m2', '供热面积'], ['house', '户'], ['people', '人'], ['count', '个']), f('price', '单价(元)'), table('prices', '按条件定价', when, f('price', '单价(元)')), f('matrix', '价目表', 'matrix'),
    table('tiers', '首个与后续', f('to', '至第几个(含)'), f('price', '单价(元)')), pick('per', '每', ['month', '月'], ['quarter', '季度'], ['year', '年'], ['season', '供暖季'], ['day', '天'], ['once', '次']), PRORATION,
    group('season', '供暖季', f('from', '起(月-日)', 'text'), f('to', '止(含)', 'text'), f('days', '天数', 'whole')), table('factors', '系数', name, when, f('percent', '百分比'), f('times', '倍数'), f('input', '案例字段', 'text')),
    pick('combine', '多个系数', ['multiply', '连乘'], ['first', '取第一个'], ['lowest', '取最低'], ['highest', '取最高']), group('guide', '政府指导价', f('price', '指导价(元)'), f('up_percent', '上浮 %'), f('down_percent', '下浮 %'), f('ceiling', '最高'), f('floor', '最低'), f('matrix', '价目表', 'matrix')),
    group('height', '层高系数', f('over', '超过(米)'), f('step', '每(米)'), f('percent', '加 %'), pick('method', '算法', ['stepped', '分级'], ['linear', '按比例'], ['ratio', '层高之比']), pick('partial', '不足一级', ['up', '按一级'], ['down', '不计']), f('max_percent', '最多加 %')),
    group('stop', '报停', f('percent', '收 %'), when, f('deadline', '申请截止(月-日)', 'text')), table('refunds', '按天退费', name, f('input', '天数字段', 'text'), f('percent', '百分比'), f('over_days', '超过几天', 'whole')),
    group('prepay', '预缴活动', table('offers', '档次', f('months', '预缴月数', 'whole'), f('pay_months', '付几个月'), f('percent', '或付 %'), f('gift', '赠品', 'text'), f('gift_value', '赠品价值(元)')), f('repeat', '可叠加', 'yes'), pick('refund', '退出', ['full_price', '按原价扣'], ['pro_rata', '按比例退'], ['none', '不退'])),
    f('quantity_percent', '数量按 %'), f('quantity_min', '数量下限'), f('quantity_max', '数量上限'), f('minimum', '最低(元)'), f('maximum', '最高(元)'), f('unit', '单位', 'text'),
  ],
  metered: [
    f('unit', '单位', 'text'), f('price', '单一价(元)'), tiers, f('first_price', '首档单价'), f('base_price', '基价'), CYCLE, f('year_start', '起始月', 'whole'), pick('multi_month', '一次抄多个月', ['multiply', '限额乘月数'], ['once', '限额不乘']),
    pick('crossing', '跨档月', ['split', '在限额处拆开'], ['lower', '整月低档'], ['higher', '整月高档']), pick('border', '账期跨年度、季节', ['by_days', '按天分'], ['to_start', '归首日'], ['to_end', '归末日']), pick('part_year', '年中入住', ['full', '全额限额'], ['by_month', '按月折算'], ['half_year', '按半年'], ['by_day', '按天折算']),
    table('seasons', '分季节', name, f('months', '月份', 'numbers'), f('tiers', '分档', 'json'), f('price', '单一价')), table('groups', '用户类别', name, when, f('price', '单价(元)'), f('percent', '按 %'), f('free_quantity', '每月免费用量'), f('tiers', '分档', 'json')),
    table('classes', '时段', pick('class', '计度器', ['sharp', '尖'], ['peak', '峰'], ['flat', '平'], ['valley', '谷'], ['deep', '深谷']), name, f('price', '单价'), f('add', '加价'), f('percent', '按 %')), pick('class_split', '时段与限额', ['ratio', '限额按总量,比例拆分'], ['own_limits', '各时段自己的限额']),
    group('people', '人数', f('over', '超过(人)', 'whole'), f('each_adds', '每人各档加', 'list'), f('max_people', '最多计(人)', 'whole'), table('steps', '分级', f('people', '达到(人)', 'whole'), f('adds', '各档加', 'list')), pick('per', '按', ['cycle', '周期'], ['month', '月']), when),
    table('additions', '限额增量', name, when, f('adds', '各档加', 'list'), pick('per', '按', ['cycle', '周期'], ['month', '月'])), group('suspended', '暂停阶梯', f('months', '月份', 'numbers'), f('price', '单价'), pick('limits', '其余限额', ['prorate', '按月折算'], ['full', '不变'])),
    f('quantity_percent', '用量按 %'), f('loss_percent', '损耗 %'), f('quantity_to', '用量取整到'), f('limit_to', '限额取整到'), f('free_when', '免收条件', 'when'), group('free_quantity', '免费用量', f('quantity', '每月'), when, name),
    table('over_quota', '超定额', f('to_percent', '超出至 %'), f('times', '倍数')), group('minimum', '最低消费', f('amount', '金额(元)'), f('usage', '或用量'), pick('per', '每', ['month', '月'], ['bill', '次'])), table('fixed', '固定费', name, f('price', '元'), pick('per', '每', ['month', '月'], ['bill', '次']), when),
  ],
  parking: [
    table('free', '免费时长', f('minutes', '分钟(含)', 'whole'), pick('rule', '超过后', ['lost', '不减免'], ['deducted', '始终扣除'], ['in_first', '含在首段内']), when), ...rate,
    table('windows', '分时段', name, f('from', '从', 'text'), f('to', '到', 'text'), f('days', '星期', 'json'), f('unit_minutes', '单位(分钟)', 'whole'), f('unit_price', '每单位(元)'), f('per_time', '按次(元)'), f('cap', '封顶(元)'), f('first', '首段', 'json'), f('steps', '分段', 'json'), f('bands', '一口价', 'json')),
    pick('border', '跨时段', ['split', '按钟点切开'], ['unit_start', '单位按开始时段']), pick('first_per', '首段重新开始', ['stay', '每次停放'], ['window', '每个时段'], ['day', '每天']),
    table('caps', '封顶', pick('per', '每', ['24h', '入场起 24 小时'], ['calendar_day', '自然日'], ['rolling_24h', '24 小时多次合计'], ['stay', '整次']), f('amount', '元'), f('by_day', '逐日', 'list'), f('by_stay', '按总时长', 'json')), pick('bands_restart', '一口价重新开始', ['never', '不'], ['24h', '每 24 小时']),
    table('classes', '车型与免费车', name, f('vehicle', '车型代码', 'list'), when, f('times', '倍数'), f('exempt', '免费', 'yes'), f('unit_minutes', '单位(分钟)', 'whole'), f('unit_price', '每单位(元)')), table('discounts', '折扣', name, when, f('percent', '付 %'), f('minus', '减(元)'), f('free', '免费', 'yes')),
    pick('discount_combine', '多个折扣', ['first', '取第一个'], ['best', '取最优惠'], ['multiply', '连乘']), table('passes', '月卡', f('pass', '代码', 'text'), name, f('hours', '有效钟点', 'json')), f('max_coupons', '每次最多用券', 'whole'), f('minimum', '最低(元)'), f('lost_ticket', '遗失票卡(元)'), f('exit_grace_minutes', '离场宽限(分钟)', 'whole'),
    pick('after_grace', '超过宽限', ['whole_stay', '全程重算'], ['new_stay', '另起一次']), pick('seconds', '秒', ['drop', '舍去'], ['up', '进一分钟'], ['exact', '精确']), f('holidays', '节假日', 'list'), f('workdays', '调休工作日', 'list'),
  ],
  late_fee: [f('daily_percent', '每日 %'), f('lpr_times', 'LPR 倍数'), f('grace_days', '宽限天数', 'whole'), f('grace_counts', '超过后计入宽限期', 'yes'), pick('paid_day', '缴纳当日', ['counts', '已缴部分当日仍计'], ['free', '已缴部分当日起不计']), f('cap_percent', '上限(本金 %)'), f('cap_lpr_times', '上限(LPR 倍数)'), f('lpr_percent', 'LPR %'), f('year_days', '一年按(天)', 'whole'), pick('holiday_shift', '到期日遇休息日', ['none', '不顺延'], ['next_workday', '顺延']), f('holidays', '节假日', 'list'), f('workdays', '调休工作日', 'list')],
  percent: [f('of', '哪些费项', 'list'), f('percent', '百分比'), f('free_when', '免收条件', 'when')],
  formula: [table('inputs', '输入', f('name', '代码', 'text'), f('zh', '名称', 'text'), f('unit', '单位', 'text'), f('default', '默认')), f('expression', '算式', 'json')],
}
/** What a new component of a shape begins with. */
export const BEGIN: Record<ShapeName, Record<string, unknown>> = {
  charge: { by: 'built_area_m2', price: '', per: 'month' },
  metered: { unit: 'm³', cycle: 'year', tiers: [{ to: '', price: '' }, { price: '' }] },
  parking: { free: [{ minutes: 30, rule: 'lost' }], unit_minutes: 60, unit_price: '' },
  late_fee: { daily_percent: '0.05', grace_days: 0 },
  percent: { of: [], percent: '' },
  formula: { inputs: [{ name: 'area', zh: '面积', unit: 'm2' }], expression: { op: 'mul', args: [{ input: 'area' }, { number: '1', unit: '元/m2' }] } },
}
