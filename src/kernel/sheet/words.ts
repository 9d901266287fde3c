/** Every refusal of this folder: the code, and the sentence a person reads, with its way out. `{x}` comes from the params. */
export const words = {
  'sheet.empty': '文件「{name}」是空的,没有可以读取的内容。请检查是否选错了文件。',
  'sheet.too_large': '文件「{name}」太大({size_mb} MB),上限为 {max_mb} MB。请删去图片和多余的工作表,或拆成几个文件分别上传。',
  'sheet.too_many_rows': '工作表「{sheet}」的数据超过 {max} 行。请拆成几个文件分别上传。',
  'sheet.too_many_columns': '工作表「{sheet}」第 {row_no} 行的内容一直到第 {column} 列,上限为 {max} 列。请删去右侧多余的列后另存再上传。',
  'sheet.too_many_cells': '文件「{name}」的单元格超过 {max} 个。请删去多余的工作表和列,或拆成几个文件分别上传。',
  'sheet.too_many_sheets': '文件「{name}」的工作表超过 {max} 个。请只保留要导入的工作表后另存再上传。',
  'sheet.too_many_strings': '文件「{name}」里的文字条目超过 {max} 条。请删去多余的工作表,或拆成几个文件分别上传。',
  'sheet.zip_bomb': '文件「{name}」解压后异常庞大,已拒绝读取。请在 Excel 或 WPS 中打开,把数据复制到一个新建的表格里另存为 .xlsx 再上传。',
  'sheet.zip_unsafe': '文件「{name}」的内部结构不安全({detail}),已拒绝读取。请在 Excel 或 WPS 中打开后另存为 .xlsx 再上传。',
  'sheet.xml_entity': '文件「{name}」里含有不允许的 XML 声明,已拒绝读取。请在 Excel 或 WPS 中打开后另存为 .xlsx 再上传。',
  'sheet.encrypted': '文件「{name}」设置了打开密码,无法读取。请在 Excel 或 WPS 中取消密码(文件 → 信息 → 保护工作簿)后另存再上传。',
  'sheet.damaged': '文件「{name}」已损坏或没有下载完整({detail})。请在 Excel 或 WPS 中打开确认内容,另存为 .xlsx 再上传。',
  'sheet.html_table': '文件「{name}」其实是网页表格,只是扩展名写成了 Excel。请用 Excel 或 WPS 打开它,另存为 .xlsx 再上传。',
  'sheet.xml_table': '文件「{name}」其实是 XML 表格,只是扩展名写成了 Excel。请用 Excel 或 WPS 打开它,另存为 .xlsx 再上传。',
  'sheet.other_spreadsheet': '文件「{name}」是 {format} 格式,暂不支持。请用 Excel 或 WPS 打开,另存为 .xlsx 再上传。',
  'sheet.unknown_format': '文件「{name}」不是能识别的表格。请上传 .xlsx、.xls 或 .csv 文件。',
  'sheet.encoding': '文件「{name}」的文字编码无法识别(既不是 UTF-8 也不是 GBK)。请用 Excel 或 WPS 打开,另存为 .xlsx 再上传。',
  'sheet.csv_quotes': '文件「{name}」第 {row_no} 行的引号没有成对,无法分列。请用 Excel 或 WPS 打开,另存为 .xlsx 再上传。',
  'sheet.no_sheet': '文件「{name}」里没有名为「{sheet}」的工作表。请检查工作表名称,或重新选择。',
  'sheet.no_data': '文件「{name}」里没有带数据的可见工作表。请取消隐藏要导入的工作表,或检查是否选错了文件。',
  'sheet.timeout': '文件「{name}」读取超时或占用内存过多。请在 Excel 或 WPS 中打开,另存为 .xlsx 再上传。',
} as const

export type SheetRefusalCode = keyof typeof words
