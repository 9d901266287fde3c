// Layouts that accounting programs in China take, as their import forms are commonly seen; versions differ, so a company copies one and
// changes it. A value is the name of a field of the line, or a fixed text behind '='.
export const VOUCHER_FIELDS = {
  date: '制单日期', year: '会计年度', period: '会计期间', word: '凭证字', no: '凭证号', line_no: '分录序号', note: '摘要', account_code: '科目代码', account_name: '科目名称', debit: '借方金额', credit: '贷方金额', amount: '金额',
  direction: '借贷方向', community: '小区', attachments: '附件数', maker: '制单人', batch_no: '批次号',
} as const
export type VoucherField = keyof typeof VOUCHER_FIELDS
export interface LayoutColumn {
  title: string
  value: string
}
export interface LayoutPreset {
  key: string
  name: string
  format: 'xlsx' | 'csv'
  columns: LayoutColumn[]
}
const columns = (list: Record<string, string>): LayoutColumn[] => Object.entries(list).map(([title, value]) => ({ title, value }))

export const PRESETS: readonly LayoutPreset[] = [
  {
    key: 'kingdee', name: '金蝶 KIS / K3 标准凭证引入', format: 'xlsx',
    columns: columns({
      凭证日期: 'date', 会计年度: 'year', 会计期间: 'period', 凭证字: 'word', 凭证号: 'no', 科目代码: 'account_code', 科目名称: 'account_name', 币别代码: '=RMB', 币别名称: '=人民币', 原币金额: 'amount', 借方: 'debit', 贷方: 'credit', 制单: 'maker', 审核: '=', 核准: '=', 出纳: '=', 经办: '=',
      结算方式: '=', 结算号: '=', 凭证摘要: 'note', 数量: '=0', 数量单位: '=', 单价: '=0', 参考信息: 'community', 业务日期: 'date', 往来业务编号: '=', 附件数: 'attachments', 序号: 'no', 系统模块: '=', 业务描述: '=', 汇率: '=1', 分录序号: 'line_no', 核算项目: '=', 过账: '=0',
    }),
  },
  { key: 'ufida_u8', name: '用友 U8 凭证导入', format: 'xlsx', columns: columns({ 制单日期: 'date', 凭证类别字: 'word', 凭证号: 'no', 附单据数: 'attachments', 摘要: 'note', 科目编码: 'account_code', 借方金额: 'debit', 贷方金额: 'credit', 数量: '=', 外币: '=', 汇率: '=', 制单人: 'maker', 部门编码: '=', 个人编码: '=', 客户编码: '=', 供应商编码: '=', 项目编码: '=' }) },
  { key: 'ufida_t3', name: '用友 T3 凭证导入', format: 'xlsx', columns: columns({ 日期: 'date', 凭证类别: 'word', 凭证号: 'no', 附单据数: 'attachments', 摘要: 'note', 科目编码: 'account_code', 科目名称: 'account_name', 借方金额: 'debit', 贷方金额: 'credit', 制单人: 'maker' }) },
  { key: 'ufida_tplus', name: '用友 T+ 凭证导入', format: 'xlsx', columns: columns({ 凭证类别: 'word', 凭证编号: 'no', 制单日期: 'date', 附单据数: 'attachments', 摘要: 'note', 科目编码: 'account_code', 币种: '=人民币', 汇率: '=1', 借方金额: 'debit', 贷方金额: 'credit', 部门: '=', 往来单位: '=', 项目: 'community' }) },
  { key: 'plain', name: '通用表格', format: 'xlsx', columns: columns({ 日期: 'date', 凭证字: 'word', 凭证号: 'no', 分录: 'line_no', 摘要: 'note', 科目代码: 'account_code', 科目名称: 'account_name', 小区: 'community', 借方: 'debit', 贷方: 'credit', 制单人: 'maker', 批次: 'batch_no' }) },
  { key: 'plain_csv', name: '通用 CSV', format: 'csv', columns: columns({ 日期: 'date', 凭证字: 'word', 凭证号: 'no', 分录: 'line_no', 摘要: 'note', 科目代码: 'account_code', 科目名称: 'account_name', 借方: 'debit', 贷方: 'credit' }) },
]
