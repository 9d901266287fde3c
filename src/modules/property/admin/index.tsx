import type { AdminModule } from '../../../ui/module.ts'

export const propertyAdmin: AdminModule = {
  menu: [
    { group: '房产管理', label: '房产列表', path: '/property/houses', needs: 'property.house.read' },
    { group: '房产管理', label: '小区与楼栋', path: '/property/communities', needs: 'property.house.read' },
    { group: '房产管理', label: '管家分工', path: '/property/stewards', needs: 'property.house.read' },
    { group: '房产管理', label: '公共部位', path: '/property/areas', needs: 'property.area.read' },
  ],
  routes: [
    {
      path: '/property/houses', title: '房产列表', needs: 'property.house.read', page: () => import('./HousesPage.tsx'),
      help: ['左侧的树按小区、楼栋、单元筛选;关键词可填 1-2-301、1栋2单元301 或 301。', '房产有账单后不能删除,不再使用请改为「停用」。', '成批新增请用「系统设置 → 数据导入」。'],
    },
    {
      path: '/property/houses/$house_id', title: '房产档案', needs: 'property.house.read', page: () => import('./HousePage.tsx'),
      help: ['一户一档:住户、账单、收费标准、收款和变更历史都在页签里。', '更换业主请办理过户:过户日之前的费用仍由原业主承担。'],
    },
    { path: '/property/communities', title: '小区与楼栋', needs: 'property.house.read', page: () => import('./CommunitiesPage.tsx'), help: ['面积合计来自已登记房产,与小区总面积的差额提示尚未登记的部分。'] },
    { path: '/property/stewards', title: '管家分工', needs: 'property.house.read', page: () => import('./StewardsPage.tsx'), help: ['从起始日起由所选管家负责,之前的分工到这天为止,历史保留。', '欠费、催缴与收费统计可按管家看:欠费按今天的分工,收费统计按所选期末的分工。'] },
    { path: '/property/areas', title: '公共部位', needs: 'property.area.read', page: () => import('./AreasPage.tsx'), help: ['广场、车棚、化粪池、绿地与树木等按类别登记数量与面积。'] },
  ],
}
