import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { muster_roll: '集合点名', muster_point: '集合点', muster_gateway: '信标网关', muster_tag: '信标工牌', muster_rule: '点名规则', sighting: '信标定位' },
  doings: { 'muster.push': '信标网关上报', 'muster.emergency': '应急启动后点名', 'muster.fire': '火警确认后点名', 'job.muster.live': '更新点名册', 'job.muster.forget': '删除过期定位与点名册' },
  refusals: {
    'muster.open_already': '「{community}」已有一次点名正在进行({title}),请到那里登记',
    'muster.forgotten': '这次点名的姓名已过保存期删除,只留人数',
    'muster.look_first': '点名册要先打开才能查看,打开会记入审计;请刷新页面',
    'muster.closed': '这次点名已经结束,请刷新查看',
    'muster.unknown_code': '认不出这个码;可以扫访客的 6 位通行码、住户的开门码、集合点的点位码,或手工登记',
    'muster.name_taken': '「{name}」已经有了,请换一个名称',
    'muster.tag_taken': '工牌 {no} 正由 {name} 佩戴,请先停用',
    'muster.from_past': '生效日不能早于今天({today})',
    'muster.seen_too_long': '往前看的小时数不能超过信标定位的保存小时数',
  },
  permissions: { 'muster.roll.read': '查看集合点名', 'muster.roll.work': '发起点名、登记结果', 'muster.setup.write': '设置集合点、信标网关和工牌', 'muster.rule.write': '设定点名规则' },
  states: {
    cause: { drill: '演练', emergency: '应急', fire: '火警' },
    roll: { open: '进行中', closed: '已结束' },
    kind: { staff: '员工', visitor: '访客', resident: '住户', helper: '编外', other: '其他' },
    source: { passage: '门禁', patrol: '巡更', beacon: '信标', visit: '访客登记', duty: '值班表', hand: '人工' },
    mark: { safe: '到集合点', found: '已找到', help: '请求帮助' },
  },
}
