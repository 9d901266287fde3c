import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { house_attribute: '逐户计价属性', tariff: '价目' },
  refusals: {
    'tariff.name_taken': '本小区已有名为「{name}」的价目,请换一个名称或打开原价目新建版本',
    'tariff.spec_faulty': '价目有误:{faults}。请改正后再保存',
    'tariff.day_taken': '「{name}」已有 {from_on} 生效的版本,已发布的版本不能修改;请另选生效日',
    'tariff.no_draft': '没有草稿(可能已发布或放弃),请刷新页面',
    'tariff.same_person': '价目须由另一人发布:编制人 {name} 不能发布自己的草稿,请换一位有发布权限的同事登录发布',
    'tariff.draft_changed': '草稿在您打开之后又被修改,请刷新核对后再发布',
    'tariff.too_many_houses': '本小区有 {count} 户,超过一次对比上限 {max} 户;请按楼栋在「试算」中查看',
    'tariff.attribute_overlap': '{house} 在 {from_on} 起已有「{name}」,请先结束原来的,再设置新的',
    'tariff.dates_reversed': '结束日 {to_on} 应晚于开始日 {from_on}',
  },
  permissions: {
    'tariff.tariff.read': '查看价目',
    'tariff.tariff.write': '编制价目与逐户计价属性',
    'tariff.tariff.publish': '发布价目',
  },
  states: {
    version: { past: '已失效', now: '执行中', future: '未生效' },
    version_change: { by_days: '按天分段', by_reading: '按当日读数分段', next_bill: '自下期账单起', at_end: '整期按期末版本' },
    attribute: { height_m: '层高(米)', status: '状态', grade: '等级', low_income: '低保', people: '人数', has_bay: '有车位', user: '用户类别', stop_applied_on: '报停申请日' },
  },
}
