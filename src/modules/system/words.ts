import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {
    'system.unknown_kind': '没有这种导入内容,请从列表中选择',
    'system.community_needed': '请先选择要导入到哪个小区',
    'system.file_not_found': '上传的文件已不在或不是您上传的,请重新上传',
    'system.unreadable_file': '{detail}',
    'system.no_header': '工作表「{sheet}」里没有内容,请换一个工作表或文件',
    'system.import_files_many': '您还有 {count} 个没有处理完的导入,请先确认入库或取消它们',
    'system.wrong_import_state': '该导入现在的状态不能这样操作,请刷新后再看',
    'system.layout_changed': '工作表或表头行已经变了,请刷新页面,重新核对列对应后再预览',
    'system.field_missing': '还没有指定「{fields}」对应哪一列,请在列对应表中选择',
    'system.field_twice': '「{field}」对应了多列({titles}),请只留一列',
    'system.unknown_field': '没有「{field}」这个字段,请重新选择',
    'system.import_has_bad_rows': '还有行有错,整个文件都不会入库:请下载错误明细,改正后重新上传',
    'system.import_empty': '没有需要新增或更新的行,不必入库',
    'system.import_expired': '导入明细保留 90 天,已到期清除,不能再操作;如需修改请在对应页面逐条办理',
    'system.import_not_latest': '第 {row_no} 行的数据在之后的导入「{file_name}」里又被改过,请先撤销那一次',
    'system.import_no_errors': '这个导入没有错误,不需要下载',
    'system.import_changed': '预览之后数据有了变化:第 {row_no} 行「{zh}」{reason}。没有写入任何数据,请重新预览',
    'system.import_row_blocked': '第 {row_no} 行 {what} {reason},整个导入不能撤销,没有改动任何数据',
  },
  permissions: {
    'system.import.use': '导入 Excel',
  },
  states: {
    import_state: { uploaded: '待预览', reading: '读取中', previewed: '待确认', applying: '入库中', applied: '已入库', undoing: '撤销中', undone: '已撤销', cancelled: '已取消', failed: '读取失败' },
    import_effect: { new: '新增', change: '更新', same: '无变化' },
  },
}
