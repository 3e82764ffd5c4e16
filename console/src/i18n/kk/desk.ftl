# The duty desk
screen-desk = Кезекші пульті
