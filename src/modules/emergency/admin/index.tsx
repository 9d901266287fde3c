import type { AdminModule } from '../../../ui/module.ts'

const READ = 'emergency.plan.read'
export const emergencyAdmin: AdminModule = {
  menu: [
    { group: '值班应急', label: '应急预案', path: '/emergency/plans', needs: READ },
    { group: '值班应急', label: '应急演练', path: '/emergency/drills', needs: READ },
    { group: '值班应急', label: '应急处置', path: '/emergency/incidents', needs: READ },
    { group: '值班应急', label: '改进事项', path: '/emergency/tasks', needs: READ },
    { group: '值班应急', label: '事件种类', path: '/emergency/kinds', needs: READ },
  ],
  routes: [
    { path: '/emergency/plans', title: '应急预案', needs: READ, page: () => import('./PlansPage.tsx'), help: ['先编制草稿、提交,由别人审核发布;发布后员工手机上没有网络也能看。', '修改已发布的预案会生成新版草稿,发布前仍用现行版。'] },
    { path: '/emergency/plans/$plan_id', title: '应急预案详情', needs: READ, page: () => import('./PlanPage.tsx'), help: ['「启动」后按步骤计时,名单里的员工立即收到通知。', '每个版本都保留,可打印张贴。'] },
    { path: '/emergency/drills', title: '应急演练', needs: READ, page: () => import('./DrillsPage.tsx'), help: ['「排年度演练」按事件种类每年的次数排齐;已排的不重复。', '登记后参加人在手机上签字,有人签字才能总结;改进事项跟到验收。', '逾期未演练的标红,并通知组织人。'] },
    { path: '/emergency/drills/$drill_id', title: '演练详情', needs: READ, page: () => import('./DrillPage.tsx') },
    { path: '/emergency/incidents', title: '应急处置', needs: READ, page: () => import('./IncidentsPage.tsx'), help: ['处置中的排在最前;点开看每一步的时间和谁回复了收到。', '解除后复盘,改进事项跟到验收。'] },
    { path: '/emergency/incidents/$incident_id', title: '应急处置详情', needs: READ, page: () => import('./IncidentPage.tsx') },
    { path: '/emergency/tasks', title: '改进事项', needs: READ, page: () => import('./TasksPage.tsx'), help: ['负责人完成后由别人验收;不合格退回。'] },
    { path: '/emergency/kinds', title: '事件种类', needs: READ, page: () => import('./KindsPage.tsx'), help: ['每年演练次数按生效日分版本,注明依据。'] },
  ],
}
