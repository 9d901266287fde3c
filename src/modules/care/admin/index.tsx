import type { AdminModule } from '../../../ui/module.ts'

export const careAdmin: AdminModule = {
  menu: [
    { group: '客户服务', label: '投诉建议', path: '/care/complaints', needs: 'care.complaint.read', pinned: true },
    { group: '客户服务', label: '服务申请', path: '/care/applications', needs: 'care.application.read' },
    { group: '客户服务', label: '来电来访', path: '/care/contacts', needs: 'care.contact.read' },
    { group: '客户服务', label: '来电来访统计', path: '/care/contact-stats', needs: 'care.contact.read' },
    { group: '客户服务', label: '投诉统计', path: '/care/complaint-stats', needs: 'care.complaint.read' },
    { group: '客户服务', label: '满意度调查', path: '/care/surveys', needs: 'care.survey.read' },
    { group: '客户服务', label: '客服设置', path: '/care/setup', needs: 'care.complaint.read' },
  ],
  routes: [
    { path: '/care/complaints', title: '投诉建议', needs: 'care.complaint.read', page: () => import('./ComplaintsPage.tsx'), help: ['上方按状态看件数,点一下只看这一种;红色为超时。', '来电来访、信函、意见箱、12345 转办都在「登记」里录入。', '匿名的没有任何地方记录是谁,业户凭查询码跟进。'] },
    { path: '/care/complaints/$complaint_id', title: '投诉详情', page: () => import('./ComplaintPage.tsx'), help: ['先分派或自己受理,处理后答复并选原因;回访由处理人以外的人做。', '需要维修的点「派生工单」,工单状态在本页看得到。', '收费类投诉未办结时,该户自动暂停催缴,办结后恢复。'] },
    { path: '/care/applications', title: '服务申请', needs: 'care.application.read', page: () => import('./ApplicationsPage.tsx'), help: ['「待我审批」是轮到您的;步骤、部门和时限在「客服设置 → 服务申请事项」。', '放行凭条由门岗在员工端「放行核验」扫码,一次有效。', '欠费只提示,不能作为不批准的理由。'] },
    { path: '/care/applications/$application_id', title: '服务申请详情', needs: 'care.application.read', page: () => import('./ApplicationPage.tsx') },
    { path: '/care/contacts', title: '来电来访', needs: 'care.contact.read', page: () => import('./ContactsPage.tsx'), help: ['来电、来访、寄存和借用都在这里;红色为过了约定时间。', '回电后点「已回电」,取走或归还后点「已取回」。'] },
    { path: '/care/desk', title: '登记来电来访', needs: 'care.contact.write', page: () => import('./DeskPage.tsx'), help: ['输入电话、末四位、姓名或房号,左边显示住户、欠费、未完工单和投诉。', '选结果:当场答复、转工单、转投诉一次登记完成。'] },
    { path: '/care/contact-stats', title: '来电来访统计', needs: 'care.contact.read', page: () => import('./ContactStatsPage.tsx'), help: ['每个数字点开是它统计的登记。'] },
    { path: '/care/complaint-stats', title: '投诉统计', needs: 'care.complaint.read', page: () => import('./StatsPage.tsx'), help: ['每个数字点开是它统计的投诉。', '按登记日统计;撤回、不受理和并案的不计。'] },
    { path: '/care/surveys', title: '满意度调查', needs: 'care.survey.read', page: () => import('./SurveysPage.tsx'), help: ['先存草稿,再「抽样并发布」;抽样按种子随机,每户一份。', '手机、电话、纸质三种答卷合在一起统计。'] },
    { path: '/care/surveys/$survey_id', title: '满意度调查详情', needs: 'care.survey.read', page: () => import('./SurveyPage.tsx') },
    { path: '/care/setup', title: '客服设置', needs: 'care.complaint.read', page: () => import('./SetupPage.tsx'), help: ['类别的时限按生效日分版本,已登记的不受影响。', '工作时间与报修工单相同;节假日在「违约金规则」页维护。', '部门要先有成员才能派给它;成员都可以受理,先受理者办理。'] },
  ],
}
