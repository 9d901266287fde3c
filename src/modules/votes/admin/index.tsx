import type { AdminModule } from '../../../ui/module.ts'

const READ = 'votes.poll.read'
export const votesAdmin: AdminModule = {
  menu: [
    { group: '社区服务', label: '业主大会表决', path: '/votes', needs: READ },
    { group: '社区服务', label: '业委会', path: '/votes/committee', needs: READ },
    { group: '社区服务', label: '表决规则', path: '/votes/rules', needs: READ },
  ],
  parts: [{ at: 'funds.use', needs: 'funds.use.write', part: () => import('./FundVotePart.tsx').then((m) => ({ default: m.FundVotePart })) }],
  routes: [
    { path: '/votes', title: '业主大会表决', needs: READ, page: () => import('./PollsPage.tsx'), help: ['先起草议题,公示满规则的天数,到时自动开启并冻结名册,到时自动截止计票。', '红色为过了应公布的日子还没有公布。'] },
    { path: '/votes/committee', title: '业委会', needs: READ, page: () => import('./CommitteePage.tsx'), help: ['一届一张卡片,成员的任职和离任都留着。', '到了应启动换届的日子,组织表决的员工会收到一次提醒。', '业主在手机「业主大会表决」里看到现任成员。'] },
    { path: '/votes/rules', title: '表决规则', needs: READ, page: () => import('./RulesPage.tsx'), help: ['每个小区按生效日一份;没有设定的按民法典第二百七十八条。', '不能低于法定比例;公示时的规则随表决冻结,以后改规则不影响它。', '未投票的不视为同意多数人。'] },
    { path: '/votes/$poll_id', title: '表决详情', needs: READ, page: () => import('./PollPage.tsx'), help: ['「名册与录票」按房号、姓名或票号找到表决权人,录入纸质票要传照片。', '截止前密封的表决只显示谁投了,不显示怎么投。', '公布后名单只有回执码、面积和选择,任何人可以相加核对。'] },
  ],
}
