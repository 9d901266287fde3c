/** English of the shells' own words; the pages' words follow when somebody needs them. */
export const en: Record<string, string> = {
  查询: 'Search', 重置: 'Reset', 保存: 'Save', 取消: 'Cancel', 确定: 'OK', 导出: 'Export', 列: 'Columns', 刷新: 'Refresh', 重试: 'Retry', 返回: 'Back',
  '共 {n} 条': '{n} rows', '已选 {n} 项': '{n} selected', 取消选择: 'Clear selection', 合计: 'Total', 加载中: 'Loading', 没有符合条件的数据: 'Nothing matches',
}
