# The duty desk
screen-desk = Пульт дежурного
