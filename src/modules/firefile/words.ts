import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { fire_profile: '消防基本情况', key_part: '消防重点部位', fire_paper: '消防文书与培训', fire_rule: '消防档案规则' },
  refusals: {
    'firefile.span': '时间段的起不能晚于止,最长 5 年,请改日期',
    'firefile.name_taken': '这个小区已有叫「{name}」的重点部位,请换一个名称',
    'firefile.day_future': '日期不能晚于今天({today})',
    'firefile.no_file': '请上传本人选的 PDF、PNG 或 JPEG 文件',
    'firefile.people_needed': '培训要填参加人数',
    'firefile.due_before': '应办结日或到期日不能早于文书日期',
    'firefile.paper_over': '这一条已经办结或作废',
    'firefile.from_past': '生效日不能早于今天({today})',
  },
  permissions: { 'firefile.file.read': '查看消防安全档案', 'firefile.file.write': '登记消防基本情况、重点部位、文书与培训', 'firefile.rule.write': '设定消防档案规则' },
  states: {
    paper: { approval: '审核验收备案', inspect: '监督检查记录', order: '责令改正通知', penalty: '处罚决定', rule: '制度与操作规程', training: '消防培训', contract: '维保检测合同', insurance: '火灾公众责任险', other: '其他文书' },
    sign: { good: '完好', damaged: '破损', missing: '缺失', removed: '已撤除' },
    finding: { open: '待整改', mended: '待复查', closed: '已整改' },
    drill: { planned: '待演练', held: '待总结', closed: '已总结' },
    verdict: { real: '真实火警', false: '误报', test: '测试' },
  },
}
