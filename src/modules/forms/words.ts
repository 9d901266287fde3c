import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { form_template: '单据模板' },
  refusals: {
    'forms.paper_unknown': '「{zh}」没有这种纸张的版式;请从列出的纸张中选择',
    'forms.one_only': '{place}已有「{zh}」{paper} 的模板「{name}」;请修改它,或先停用再新建',
    'forms.name_taken': '{place}已有名为「{name}」的模板;请换一个名称',
    'forms.ended': '模板已停用;请新建一个模板',
    'forms.asked': '版式正在等待审批,不能修改;请先在审批中心撤回',
    'forms.no_draft': '没有待发布的修改;请先修改并保存草稿',
    'forms.in_past': '生效日不能早于今天({today}):已打印的单据要按当日的版式补打',
    'forms.column_missing': '「{zh}」一列不能去掉:单据上必须有它',
    'forms.part_unknown': '「{key}」不是这种单据的列或内容;请从列表中选择',
    'forms.param_unknown': '正文第 {row_no} 段的 {param} 不能识别;可用:{params}',
    'forms.picture_bad': '{what}不能使用:应为 1 MB 以内的 PNG 或 JPG 图片,并由您上传;请重新上传',
    'forms.cannot_print': '这个版式打印不出来:{why};请调整边距、字号或列后再试',
  },
  permissions: {
    'forms.template.read': '查看单据模板',
    'forms.template.write': '修改、预览单据模板',
    'forms.template.publish': '审批单据模板的发布',
  },
  states: {
    paper: { a4: 'A4', a5: 'A5 横', half: '241 二等分', third: '241 三等分', roll: '80 毫米小票' },
    state: { live: '使用中', coming: '待生效', none: '未发布', ended: '已停用' },
    draft: { none: '—', open: '有修改未发布', asked: '审批中' },
  },
}
