import type { AdminModule } from '../../../ui/module.ts'

export const safetyAdmin: AdminModule = {
  menu: [
    { group: '安防秩序', label: '安全事件', path: '/safety/incidents', needs: 'safety.incident.read' },
    { group: '安防秩序', label: '安全统计', path: '/safety/overview', needs: 'safety.incident.read' },
    { group: '安防秩序', label: '安全事件统计', path: '/safety/stats', needs: 'safety.incident.read' },
    { group: '安防秩序', label: '警示标识', path: '/safety/signs', needs: 'safety.sign.read' },
    { group: '安防秩序', label: '安全设置', path: '/safety/setup', needs: 'safety.incident.read' },
  ],
  routes: [
    { path: '/safety/incidents', title: '安全事件', needs: 'safety.incident.read', page: () => import('./IncidentsPage.tsx'), help: ['员工在手机「报告安全事件」,没有网络也能报;这里也可以登记。', '按规定应上报的事件有上报时限,临近和超过时提醒;上报后请「登记上报」。', '红色为超过上报时限或结案期限。'] },
    { path: '/safety/incidents/$incident_id', title: '安全事件详情', page: () => import('./IncidentPage.tsx'), help: ['受理、处置、登记上报后「提交审核」,由另一位负责人审核结案。', '涉及人员只有处理的人和有权限的人看得到,电话默认打码。', '措施有责任人和期限,逾期每天提醒。'] },
    { path: '/safety/overview', title: '安全统计', needs: 'safety.incident.read', page: () => import('./OverviewPage.tsx'), help: ['事件、隐患、公共秩序、演练、消防设施、控制室记录和标识在一页;每个数字点开是它统计的那些。', '没有权限看的台账不出现在这里。', '打印出来就是月度安全工作统计。'] },
    { path: '/safety/stats', title: '安全事件统计', needs: 'safety.incident.read', page: () => import('./StatsPage.tsx'), help: ['每个数字点开是它统计的事件。', '按发生日统计,作废的误报不计。'] },
    { path: '/safety/signs', title: '警示标识', needs: 'safety.sign.read', page: () => import('./SignsPage.tsx'), help: ['登记每块警示标识,按周期检查;破损和缺失的写明说明。', '红色为过了检查日。'] },
    { path: '/safety/setup', title: '安全设置', needs: 'safety.incident.read', page: () => import('./SetupPage.tsx'), help: ['每种事件的上报时限、向谁上报和依据按生效日分版本,已登记的不受影响。', '等级界限按国务院令第 493 号第三条出厂,可按地方规定改。'] },
  ],
}
