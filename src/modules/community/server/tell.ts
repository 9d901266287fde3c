// What notices and activities say to residents in their inbox and on their phones; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const NOTICE = [{ key: 'community', zh: '小区', example: '花园小区' }, { key: 'kind', zh: '公告类别', example: '停水停电' }, { key: 'title', zh: '标题', example: '11 月 28 日停水' }, { key: 'lead', zh: '正文开头', example: '因水箱清洗,28 日 9:00 至 17:00 停水。' }] as const
const ACTIVITY = [{ key: 'title', zh: '活动', example: '包饺子' }, { key: 'time', zh: '时间', example: '2026-11-28 09:00' }, { key: 'place', zh: '地点', example: '会所一层' }, { key: 'what', zh: '事项', example: '候补成功,已为您留名额' }] as const
export const noticeTemplates: readonly Template[] = [
  { code: 'notice_told', zh: '公告:发布', category: 'notice', title: '{kind}:{title}', app_text: '{lead}', sms_text: '【{sign}】{community}{kind}:{title}。{lead}', params: NOTICE },
  { code: 'notice_remind', zh: '公告:提醒未读', category: 'notice', title: '请阅读:{title}', app_text: '{community}{kind}「{title}」您还没有阅读,请点开查看。', sms_text: '【{sign}】{community}{kind}「{title}」请登录查看。', params: NOTICE },
  { code: 'activity_told', zh: '活动:告知报名人', category: 'notice', title: '活动「{title}」', app_text: '您报名的活动「{title}」({time},{place}):{what}。', sms_text: '【{sign}】您报名的活动「{title}」({time},{place}):{what}。', params: ACTIVITY },
]
