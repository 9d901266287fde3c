import type { AdminModule } from '../../../ui/module.ts'

export const identityAdmin: AdminModule = {
  menu: [
    { group: '系统设置', label: '员工账号', path: '/identity/members', needs: 'identity.member.read', whole: true },
    { group: '系统设置', label: '角色权限', path: '/identity/roles', needs: 'identity.role.read' },
    { group: '系统设置', label: '操作日志', path: '/identity/audit', needs: 'identity.audit.read', whole: true },
  ],
  routes: [
    {
      path: '/identity/members', title: '员工账号', needs: 'identity.member.read', whole: true, page: () => import('./MembersPage.tsx'),
      help: ['新增员工后系统给出初始口令,只显示一次,请当面交给本人。', '一个人可以有多个角色,每个角色可限定公司、小区或楼栋范围。', '离职请停用账号:历史记录保留,立即下线。'],
    },
    {
      path: '/identity/roles', title: '角色权限', needs: 'identity.role.read', page: () => import('./RolesPage.tsx'),
      help: ['预置角色不能修改;需要不同的权限组合时,可复制后另建。', '只能授予自己已有的权限。'],
    },
    {
      path: '/identity/audit', title: '操作日志', needs: 'identity.audit.read', whole: true, page: () => import('./AuditPage.tsx'),
      help: ['每一次修改都在同一事务里留痕,被拒绝的操作也会记下。', '「核验封存链」重新计算全部封存的摘要,任何改动都会被发现。'],
    },
    { path: '/identity/account', title: '我的账号', page: () => import('./AccountPage.tsx'), help: ['修改口令后,其他设备需要重新登录。', '看到不认识的设备请立即下线并修改口令。'] },
  ],
}
