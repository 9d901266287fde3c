import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {
    'reminders.plan_not_draft': '只有草稿可以修改或启用;请复制为新的草稿再改',
    'reminders.plan_not_active': '方案没有启用,不需要停用',
    'reminders.plan_past': '生效日 {from_on} 已过;请把生效日改为今天或以后再启用',
    'reminders.steps_same': '第 {a} 步与第 {b} 步落在同一天({day});同一天只能有一步,请合并它们的方式',
    'reminders.not_letter': '所选的不全是待办的催缴单;请在「催缴任务」里按方式「催缴单」筛选后再打印',
    'reminders.not_printed': '有催缴单还没有编号;请先点「打印」',
    'reminders.ended': '这一条已经结束,不能再办理;请刷新列表',
    'reminders.promise_incomplete': '登记承诺须同时填写承诺金额与承诺日',
    'reminders.promise_past': '承诺日不能早于今天({today})',
    'reminders.nothing_open': '这位缴费人在这套房没有欠费,不需要承诺',
    'reminders.until_past': '暂停的截止日须晚于今天({today});长期暂停可不填',
  },
  permissions: {
    'reminders.plan.read': '查看催缴方案',
    'reminders.plan.write': '制定、启用催缴方案',
    'reminders.reminder.read': '查看催缴记录',
    'reminders.reminder.write': '发起催缴、打印催缴单、登记结果与承诺、暂停催缴',
    'reminders.reminder.export': '导出催缴记录',
  },
  states: {
    channel: { app: '站内消息', sms: '短信', letter: '催缴单', call: '电话', visit: '上门' },
    tone: { issued: '新账单', before_due: '到期前提醒', due: '今日到期', overdue: '逾期催缴', final: '最后催告' },
    state: { waiting: '待办', sent: '已发出', done: '已办理', failed: '未发出', cancelled: '已取消' },
    cause: { paid: '已缴清', paused: '已暂停', promised: '已承诺', no_phone: '没有手机号', withdrawn: '人工撤回' },
    answer: { delivered: '当面送达', posted: '张贴或塞入', refused: '拒收', reached: '已接通', no_answer: '无人接听/无人在家', wrong_number: '号码不对', other: '其他' },
    pause: { complaint: '投诉处理中', instalment: '已分期', legal: '已进入诉讼', manual: '人工暂停' },
    promise: { open: '未到期', kept: '已兑现', broken: '未兑现', withdrawn: '已撤回' },
    plan: { draft: '草稿', active: '启用', ended: '停用' },
    anchor: { issued: '出账日', due: '到期日' },
  },
}
