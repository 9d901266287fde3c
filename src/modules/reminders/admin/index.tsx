import type { AdminModule } from '../../../ui/module.ts'

const READ = 'reminders.reminder.read'
export const remindersAdmin: AdminModule = {
  menu: [
    { group: '催缴法务', label: '催缴任务', path: '/reminders/tasks', needs: READ },
    { group: '催缴法务', label: '缴费通知单', path: '/reminders/notices', needs: READ },
    { group: '催缴法务', label: '催缴记录', path: '/reminders/records', needs: READ },
    { group: '催缴法务', label: '承诺与暂停', path: '/reminders/promises', needs: READ },
    { group: '催缴法务', label: '催缴方案', path: '/reminders/plans', needs: 'reminders.plan.read' },
  ],
  routes: [
    {
      path: '/reminders/tasks', title: '催缴任务', needs: READ, page: () => import('./TasksPage.tsx'),
      help: ['方案走到「催缴单、电话、上门」时,这里出现待办。', '勾选催缴单可按楼栋成批打印,打印时编号;送达后登记结果。', '业主缴清后,待办自动取消。'],
    },
    {
      path: '/reminders/notices', title: '缴费通知单', needs: READ, page: () => import('./NoticesPage.tsx'),
      help: ['按楼栋成批打印,一户一张,按走动顺序排列;已暂停、已承诺的不打印。', '每张有缴费二维码:扫码只能缴这张单上的账单,看不到姓名,到期失效。', '送达后登记,仍欠费的形成催缴记录。'],
    },
    { path: '/reminders/notices/$batch_id', title: '缴费通知单批次', needs: READ, page: () => import('./NoticeBatchPage.tsx') },
    { path: '/reminders/now', title: '发起催缴', needs: 'reminders.reminder.write', page: () => import('./NowPage.tsx'), help: ['勾选欠费户,选方式后先看将发给几位,再确认发送。', '同一笔账单同一天同一种方式只催一次;已暂停、已承诺的不催。'] },
    { path: '/reminders/records', title: '催缴记录', needs: READ, page: () => import('./RecordsPage.tsx'), help: ['每一次催缴都留下内容、送达结果与当时的欠费,可作主张权利的凭据(诉讼时效自催缴之日重新计算)。'] },
    { path: '/reminders/records/$reminder_id', title: '催缴详情', needs: READ, page: () => import('./RecordPage.tsx') },
    { path: '/reminders/promises', title: '承诺与暂停', needs: READ, page: () => import('./PromisesPage.tsx'), help: ['承诺日之前不再催缴;到期自动判定是否兑现。', '投诉未结、分期或诉讼中的房产可以暂停催缴。'] },
    {
      path: '/reminders/plans', title: '催缴方案', needs: 'reminders.plan.read', page: () => import('./PlansPage.tsx'),
      help: ['方案由若干步组成:从出账日或到期日算第几天,用哪些方式。', '小区有自己的方案时用小区的,没有时用全公司的。', '启用前先试算今天会发给几位;启用后不能改,改动请另建方案。', '任何一步都不包括停水、停电或限制出入。'],
    },
  ],
}
