import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { budget: '预算', disclosure: '收支公示', flag_rule: '异常规则', income: '公共收益', spending: '支出申请' },
  refusals: {
    'spending.fund_book': '维修资金不能在这里申请支出,请到「维修资金使用」立项,经表决或应急程序后办理',
    'spending.account_unfit': '科目 {code} 不能用于这里;请选择该账簿中启用的{what}科目',
    'spending.not_approved': '这笔支出还没有批准,或已经付款,请刷新列表',
    'spending.same_person': '须由申请人或登记人以外的人办理,请另一位有权限的同事处理',
    'spending.income_reversed': '这笔收入已经冲销',
    'spending.months_wrong': '起月 {from} 不能晚于止月 {to},且最多 36 个月',
    'spending.month_not_over': '{month} 还没有结束,请月末之后再公示',
  },
  permissions: {
    'spending.budget.read': '查看预算',
    'spending.budget.write': '设定预算',
    'spending.request.read': '查看支出',
    'spending.request.ask': '申请支出',
    'spending.request.decide': '审批支出',
    'spending.request.pay': '支出付款',
    'spending.request.export': '导出支出',
    'spending.rule.write': '设定异常支出规则',
    'spending.income.read': '查看公共收益',
    'spending.income.write': '登记公共收益',
    'spending.disclosure.publish': '公示收支',
  },
  states: {
    request: { asked: '待审批', approved: '待付款', refused: '已驳回', withdrawn: '已撤回', paid: '已付款' },
    flag: { over_budget: '超预算', no_budget: '无预算', split: '疑似拆分', same_supplier_day: '同日同供应商', weekend: '周末申请', round_sum: '整数金额' },
    pay_from: { '1001': '现金', '1002': '银行' },
    statement: { public_income: '公共收益收支表', owners: '物业服务资金收支表(酬金制)' },
  },
}
