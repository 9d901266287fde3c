import type { AdminModule } from '../../../ui/module.ts'

export const peopleAdmin: AdminModule = {
  menu: [
    { group: '业户管理', label: '业户列表', path: '/people/persons', needs: 'people.person.read' },
    { group: '业户管理', label: '车辆', path: '/people/vehicles', needs: 'people.vehicle.read' },
  ],
  routes: [
    { path: '/people/persons', title: '业户列表', needs: 'people.person.read', page: () => import('./PersonsPage.tsx'), help: ['可按姓名、拼音首字母、手机末四位或房号查找。', '电话默认打码,查看完整号码会留下记录。'] },
    { path: '/people/persons/$person_id', title: '业户档案', needs: 'people.person.read', page: () => import('./PersonPage.tsx') },
    { path: '/people/vehicles', title: '车辆', needs: 'people.vehicle.read', page: () => import('./VehiclesPage.tsx') },
  ],
}
